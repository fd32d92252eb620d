import { z } from "zod";
import type { AmoClient } from "../../lib/amocrm/client.ts";
import { AmoError } from "../../lib/amocrm/answers.ts";
import { listOf } from "../../lib/amocrm/pages.ts";
import { describeFaults } from "../../lib/amocrm/validation.ts";
import type { SavedField } from "./field_backup.ts";
import type { LoaderSession } from "../account/loader_command.ts";

/** What became of the leads that had values. */
export interface ValueResult {
  readonly written: number;
  /** They have a value in each of the fields. */
  readonly unchanged: number;
  /** They are not there any more, or in the trash. */
  readonly gone: number;
  /** What the account did not take, as sentences. */
  readonly refused: readonly string[];
}

interface LeadValues {
  readonly leadId: number;
  readonly values: readonly { readonly fieldId: number; readonly values: readonly unknown[] }[];
}

/** Writes saved values into the fields that stand for the saved ones, where a lead has none. */
export async function restoreValues(
  session: LoaderSession,
  newIds: ReadonlyMap<SavedField, number>,
): Promise<ValueResult> {
  const saved = byLead(newIds);
  const filled = await readFilledFields(session.client, saved.map(({ leadId }) => leadId));
  const living = saved.filter(({ leadId }) => filled.has(leadId));
  const items = living.map(({ leadId, values }) => ({
    leadId,
    values: values.filter(({ fieldId }) => !filled.get(leadId)?.has(fieldId)),
  })).filter(({ values }) => values.length > 0);
  const { written, refused } = await session.writer.writeAll("leads", {
    method: "PATCH",
    path: "/api/v4/leads",
    collection: "leads",
    items,
    toBody: ({ leadId, values }) => ({
      id: leadId,
      custom_fields_values: values.map(({ fieldId, values: list }) => ({
        field_id: fieldId,
        values: list.map(withoutEnumId),
      })),
    }),
    describe: ({ leadId, values }) => `lead ${leadId}: ${values.length} fields`,
  });
  return {
    written: written.size,
    unchanged: living.length - items.length,
    gone: saved.length - living.length,
    refused: refused.map(({ item: { leadId }, faults }) =>
      `The values of lead ${leadId} were refused by the account: ${describeFaults(faults)}`
    ),
  };
}

function byLead(newIds: ReadonlyMap<SavedField, number>): LeadValues[] {
  const leads = new Map<number, LeadValues["values"][number][]>();
  for (const [{ values }, fieldId] of newIds) {
    for (const { lead_id: leadId, values: list } of values) {
      leads.set(leadId, [...leads.get(leadId) ?? [], { fieldId, values: list }]);
    }
  }
  return [...leads].map(([leadId, values]) => ({ leadId, values }));
}

/** The choice is found by its text or code: the new field has given it a new id. */
function withoutEnumId(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return { ...value, enum_id: undefined };
}

const leadShape = z.object({
  id: z.int(),
  custom_fields_values: z.array(z.object({ field_id: z.int() })).nullable(),
});

/** More ids would make an address that gateways refuse. */
const IDS_PER_REQUEST = 100;

/** The ids of the filled fields of each lead; leads that are gone have no entry. */
async function readFilledFields(
  client: AmoClient,
  leadIds: readonly number[],
): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const filled = new Map<number, ReadonlySet<number>>();
  for (let i = 0; i < leadIds.length; i += IDS_PER_REQUEST) {
    const id = leadIds.slice(i, i + IDS_PER_REQUEST);
    for await (const page of client.pages("/api/v4/leads", { filter: { id }, limit: 250 })) {
      for (const record of listOf(page, "leads")) {
        const lead = leadShape.safeParse(record).data;
        if (!lead) throw unknownShape();
        filled.set(lead.id, new Set(lead.custom_fields_values?.map((one) => one.field_id)));
      }
    }
  }
  return filled;
}

function unknownShape(): AmoError {
  return new AmoError(
    "Cannot restore values: a lead has no id or no list of values, expected both: check AMO_BASE_URL",
    200,
  );
}
