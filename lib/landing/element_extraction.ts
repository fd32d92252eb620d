import { readCatalogs, wantedCatalog } from "../amocrm/catalogs.ts";
import { scanElements } from "../amocrm/element_scan.ts";
import { readCustomFields } from "../amocrm/fields.ts";
import { findByNameOrId } from "../amocrm/find_by_name.ts";
import type { TaskContext, TaskResult } from "../dag/dag.ts";
import { findAbsentElements } from "./absent_elements.ts";
import { extractToSnapshot } from "./extraction.ts";
import { placeOf } from "./followed_leads.ts";

/** Reads all elements of the clients or the cars catalog into a snapshot, and asks for those that it misses. */
export async function extractElements(
  context: TaskContext,
  entity: "clients" | "cars",
): Promise<TaskResult> {
  return await extractToSnapshot(context, entity, async (crm) => {
    const { client, settings } = crm;
    const catalog = findByNameOrId(await readCatalogs(client), wantedCatalog(settings, entity));
    const path = `/api/v4/catalogs/${catalog.id}`;
    return {
      fields: await readCustomFields(client, path),
      carsCatalogId: null,
      clientsCatalogId: null,
      read: async (sink) => {
        const seen = new Set<number>();
        await scanElements(client, catalog.id, async (records, observedAt) => {
          for (const record of records) seen.add(placeOf(record).id ?? 0);
          await sink(records, observedAt);
        });
        const route = { path: `${path}/elements`, list: "elements", query: {} };
        return await findAbsentElements({ context, crm, entity, route, seen }, sink);
      },
    };
  });
}
