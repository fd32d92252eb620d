import type { BatchJob, BatchOutcome } from "../amocrm/batch_writer.ts";
import type { LeadTools } from "./lead_tools.ts";
import type { RentalAccount } from "./rental_account.ts";

/** A lead and the elements that it is to be linked to; null: to none. */
export interface LeadLinks {
  /** Negative when it is not really there. */
  readonly leadId: number;
  readonly carId: number | null;
  readonly clientId: number | null;
}

/** One link of a lead. */
export interface ElementLink {
  readonly leadId: number;
  readonly elementId: number;
  readonly catalogId: number;
}

/** Links leads to their cars and clients; linking twice is linking once. */
export async function linkLeads(
  { writer }: Pick<LeadTools, "writer">,
  account: RentalAccount,
  leads: readonly LeadLinks[],
): Promise<BatchOutcome<ElementLink>> {
  const job: BatchJob<ElementLink> = {
    method: "POST",
    path: "/api/v4/leads/link",
    collection: "links",
    items: leads.flatMap((lead) => toLinks(lead, account)),
    toBody: ({ leadId, elementId, catalogId }) => ({
      entity_id: leadId,
      to_entity_id: elementId,
      to_entity_type: "catalog_elements",
      metadata: { catalog_id: catalogId, quantity: 1 },
    }),
    describe: ({ leadId, elementId }) =>
      `lead ${leadId < 0 ? `{new ${-leadId}}` : leadId} to element ${elementId}`,
  };
  return await writer.writeAll("links", job);
}

function toLinks({ leadId, carId, clientId }: LeadLinks, account: RentalAccount): ElementLink[] {
  const wanted = [
    { elementId: carId, catalogId: account.carsCatalogId },
    { elementId: clientId, catalogId: account.clientsCatalogId },
  ];
  return wanted.flatMap(({ elementId, catalogId }) =>
    elementId === null ? [] : [{ leadId, elementId, catalogId }]
  );
}
