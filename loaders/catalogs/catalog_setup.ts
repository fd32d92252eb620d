import { readCatalogs, wantedCatalog } from "../../lib/amocrm/catalogs.ts";
import type { Named, Wanted } from "../../lib/amocrm/find_by_name.ts";
import { createAll } from "../account/creation.ts";
import { findOrPlan, matchByName } from "../account/named_setup.ts";
import type { SetupLine } from "../account/setup_line.ts";
import { ensureFields, type Setup } from "../fields/field_setup.ts";

/** Makes sure that the catalogs of cars and clients are there, with their fields. */
export async function ensureCatalogs(setup: Setup): Promise<SetupLine[]> {
  const catalogs = await readCatalogs(setup.client);
  const lines: SetupLine[] = [];
  for (const entity of ["cars", "clients"] as const) {
    const wanted = wantedCatalog(setup.settings, entity);
    for (const line of await ensureCatalog(setup, catalogs, wanted)) {
      lines.push(line);
      if (line.id === null) continue;
      const path = `/api/v4/catalogs/${line.id}`;
      lines.push(...await ensureFields(setup, { entity, path, isNew: line.state === "created" }));
    }
  }
  return lines;
}

async function ensureCatalog(
  setup: Setup,
  catalogs: readonly Named[],
  wanted: Wanted,
): Promise<SetupLine[]> {
  const found = findOrPlan(catalogs, wanted);
  if (found) return [{ kind: "catalog", name: found.name, id: found.id, state: "there" }];
  return await createAll(setup.writer, {
    kind: "catalog",
    what: "catalogs",
    path: "/api/v4/catalogs",
    collection: "catalogs",
    toBody: ({ name }) => ({
      name,
      type: "regular",
      can_add_elements: true,
      can_link_multiple: true,
    }),
    findWritten: async (items) => matchByName(items, await readCatalogs(setup.client)),
  }, [{ name: wanted.nameOrId }]);
}
