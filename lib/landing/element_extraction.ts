import { readCatalogs, wantedCatalog } from "../amocrm/catalogs.ts";
import { scanElements } from "../amocrm/element_scan.ts";
import { readCustomFields } from "../amocrm/fields.ts";
import { findByNameOrId } from "../amocrm/find_by_name.ts";
import type { TaskContext, TaskResult } from "../dag/dag.ts";
import { extractToSnapshot } from "./extraction.ts";

/** Reads all elements of the clients or the cars catalog into a snapshot. */
export async function extractElements(
  context: TaskContext,
  entity: "clients" | "cars",
): Promise<TaskResult> {
  return await extractToSnapshot(context, entity, async ({ client, settings }) => {
    const catalog = findByNameOrId(await readCatalogs(client), wantedCatalog(settings, entity));
    return {
      fields: await readCustomFields(client, `/api/v4/catalogs/${catalog.id}`),
      carsCatalogId: null,
      clientsCatalogId: null,
      read: async (sink) => {
        await scanElements(client, catalog.id, sink);
        return { metrics: {} };
      },
    };
  });
}
