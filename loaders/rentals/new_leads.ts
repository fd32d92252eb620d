import type { BatchJob, BatchOutcome } from "../../lib/amocrm/batch_writer.ts";
import { type ExistingLead, type LeadTools, readLeads } from "./existing_leads.ts";
import { type LeadContent, type SentField, toLeadItem } from "./lead_content.ts";
import type { RentalAccount } from "./rental_account.ts";

/** A lead that is to be created. */
export interface NewLead {
  /** By which it is found again when the answer to its creation was lost. */
  readonly key: string;
  readonly name: string;
  readonly content: LeadContent;
  readonly moreFields?: readonly SentField[];
  /** What else POST takes for it. */
  readonly more?: object;
}

/** Creates leads; `keyOf` reads the key of one that exists, null for a lead of somebody else. */
export async function createLeads<Lead extends NewLead>(
  tools: LeadTools,
  account: RentalAccount,
  leads: readonly Lead[],
  keyOf: (existing: ExistingLead) => string | null,
): Promise<BatchOutcome<Lead>> {
  const job: BatchJob<Lead> = {
    method: "POST",
    path: "/api/v4/leads",
    collection: "leads",
    items: leads,
    toBody: ({ name, content, moreFields, more }) => ({
      name,
      ...toLeadItem(content, account, moreFields),
      ...more,
    }),
    describe: ({ name }) => name,
    findWritten: async (items) => {
      const existing = await readLeads(tools, account);
      const idByKey = new Map(existing.map((lead) => [keyOf(lead), lead.id]));
      return new Map(items.flatMap((item) => {
        const id = idByKey.get(item.key);
        return id === undefined ? [] : [[item, id] as const];
      }));
    },
  };
  return await tools.writer.writeAll("leads", job);
}
