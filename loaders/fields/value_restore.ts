import { z } from "zod";
import type { BatchJob } from "../../lib/amocrm/batch_writer.ts";
import type { AmoClient } from "../../lib/amocrm/client.ts";
import { AmoError } from "../../lib/amocrm/answers.ts";
import { listOf } from "../../lib/amocrm/pages.ts";
import { describeFaults, type Fault } from "../../lib/amocrm/validation.ts";
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
  readonly values: readonly FieldValues[];
}

/** The saved values of one lead for a field that was created anew. */
interface FieldValues {
  readonly fieldId: number;
  readonly field: SavedField["definition"];
  readonly values: readonly unknown[];
}

/**
 * Writes saved values into the fields that stand for the saved ones, where a lead has none. A value that the
 * account refuses is left out, and the others of its lead are written all the same.
 */
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
  const written = new Set<number>();
  const refused: string[] = [];
  for (let rest: readonly LeadValues[] = items; rest.length > 0;) {
    // A lead may wait with each of its values on its own: it must not come twice in one request.
    const now = [...new Map(rest.toReversed().map((item) => [item.leadId, item])).values()];
    const outcome = await session.writer.writeAll("leads", toJob(now));
    for (const { leadId } of outcome.written.keys()) written.add(leadId);
    const again = outcome.refused.flatMap(({ item, faults }) => leaveOut(item, faults, refused));
    const sent = new Set(now);
    rest = [...rest.filter((item) => !sent.has(item)), ...again];
  }
  return {
    written: written.size,
    unchanged: living.length - items.length,
    gone: saved.length - living.length,
    refused,
  };
}

function toJob(items: readonly LeadValues[]): BatchJob<LeadValues> {
  return {
    method: "PATCH",
    path: "/api/v4/leads",
    collection: "leads",
    items,
    toBody: ({ leadId, values }) => ({
      id: leadId,
      custom_fields_values: values.map(({ fieldId, field, values: list }) => ({
        field_id: fieldId,
        values: list.map((value) => toWritten(field.type, value)),
      })),
    }),
    describe: ({ leadId, values }) => `lead ${leadId}: ${values.length} fields`,
  };
}

/** What of a refused lead is to be sent again: all but the values at fault, or one by one when it is not clear. */
function leaveOut(
  { leadId, values }: LeadValues,
  faults: readonly Fault[],
  refused: string[],
): LeadValues[] {
  const isAtFault = (position: number) =>
    faults.filter(({ path }) => path.startsWith(`custom_fields_values.${position}.`));
  const others = values.filter((_, i) => values.length > 1 && isAtFault(i).length === 0);
  if (others.length === values.length) return values.map((one) => ({ leadId, values: [one] }));
  for (const [i, one] of values.entries()) {
    if (others.includes(one)) continue;
    const own = isAtFault(i);
    refused.push(
      `The value of the field "${one.field.name}" of lead ${leadId} was refused by the account: ` +
        describeFaults(own.length > 0 ? own : faults),
    );
  }
  return others.length > 0 ? [{ leadId, values: others }] : [];
}

function byLead(newIds: ReadonlyMap<SavedField, number>): LeadValues[] {
  const leads = new Map<number, FieldValues[]>();
  for (const [{ definition: field, values }, fieldId] of newIds) {
    for (const { lead_id: leadId, values: list } of values) {
      leads.set(leadId, [...leads.get(leadId) ?? [], { fieldId, field, values: list }]);
    }
  }
  return [...leads].map(([leadId, values]) => ({ leadId, values }));
}

/** What a written value may carry; what else is read of one the account refuses, null or not. */
const KEYS_OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  // The choice is found by its text or code: the new field has given it a new id.
  select: ["value", "enum_code"],
  multitext: ["value", "enum_code"],
  // The parts of an address have the same ids in every field.
  smart_address: ["value", "enum_id", "enum_code"],
  chained_list: ["catalog_id", "catalog_element_id"],
};

/** One of the values that were read of a field of this type, as it can be written. */
export function toWritten(type: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const keys = KEYS_OF_TYPE[type] ?? ["value"];
  return Object.fromEntries(
    Object.entries(value).filter(([key, content]) => keys.includes(key) && content !== null),
  );
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
