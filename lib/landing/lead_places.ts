import { readCatalogs, wantedCatalog } from "../amocrm/catalogs.ts";
import type { CustomField } from "../amocrm/field_match.ts";
import { readCustomFields } from "../amocrm/fields.ts";
import { findByNameOrId } from "../amocrm/find_by_name.ts";
import { LEADS_PATH } from "../amocrm/lead_page.ts";
import { findRentalPipeline, readPipelines } from "../amocrm/pipelines.ts";
import { sideBySide } from "../amocrm/side_by_side.ts";
import type { Crm } from "./extraction.ts";

/** Where the account has what leads are about. */
export interface LeadPlaces {
  readonly pipelineId: number;
  readonly carsCatalogId: number;
  readonly clientsCatalogId: number;
  /** All custom fields of leads. */
  readonly fields: readonly CustomField[];
}

/**
 * Finds the rental pipeline, the two catalogs and the fields of leads, in three requests side by side; throws where one
 * is missing.
 */
export async function readLeadPlaces({ client, settings }: Crm): Promise<LeadPlaces> {
  const [pipelines, catalogs, fields] = await sideBySide([
    readPipelines(client),
    readCatalogs(client),
    readCustomFields(client, LEADS_PATH),
  ]);
  return {
    pipelineId: findRentalPipeline(pipelines, settings).id,
    carsCatalogId: findByNameOrId(catalogs, wantedCatalog(settings, "cars")).id,
    clientsCatalogId: findByNameOrId(catalogs, wantedCatalog(settings, "clients")).id,
    fields,
  };
}
