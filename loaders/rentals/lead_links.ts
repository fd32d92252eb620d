import type { BatchJob, BatchOutcome } from "../../lib/amocrm/batch_writer.ts";
import { type AccountWriter, inBatches } from "../account/account_writer.ts";
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

/** The single links of leads to their cars and clients. */
export function toElementLinks(
  leads: readonly LeadLinks[],
  { carsCatalogId, clientsCatalogId }: RentalAccount,
): ElementLink[] {
  return leads.flatMap(({ leadId, carId, clientId }) => [
    ...(carId === null ? [] : [{ leadId, elementId: carId, catalogId: carsCatalogId }]),
    ...(clientId === null ? [] : [{ leadId, elementId: clientId, catalogId: clientsCatalogId }]),
  ]);
}

/** Makes links; linking twice is linking once. */
export async function linkLeads(
  writer: AccountWriter,
  links: readonly ElementLink[],
): Promise<BatchOutcome<ElementLink>> {
  const job: BatchJob<ElementLink> = {
    method: "POST",
    path: "/api/v4/leads/link",
    collection: "links",
    items: links,
    toBody: (link) => ({ ...toBody(link), metadata: { catalog_id: link.catalogId, quantity: 1 } }),
    describe,
  };
  return await writer.writeAll("links", job);
}

/** Takes links away; what is not there any more does no harm. */
export async function unlinkLeads(
  writer: AccountWriter,
  links: readonly ElementLink[],
): Promise<void> {
  for (const batch of inBatches(links)) {
    // Not a job of the writer: the answer is a 204, which says nothing of single items.
    await writer.send({
      method: "POST",
      path: "/api/v4/leads/unlink",
      json: batch.map((link) => ({ ...toBody(link), metadata: { catalog_id: link.catalogId } })),
      isRepeatable: true,
    }, batch.map(describe).join("\n  "));
  }
}

function toBody({ leadId, elementId }: ElementLink): object {
  return { entity_id: leadId, to_entity_id: elementId, to_entity_type: "catalog_elements" };
}

function describe({ leadId, elementId }: ElementLink): string {
  return `lead ${leadId < 0 ? `{new ${-leadId}}` : leadId} to element ${elementId}`;
}
