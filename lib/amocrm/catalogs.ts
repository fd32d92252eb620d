import { z } from "zod";
import type { AmoSettings } from "../config.ts";
import { AmoError } from "./answers.ts";
import type { AmoClient } from "./client.ts";
import type { Named } from "./find_by_name.ts";
import { listOf } from "./pages.ts";

// A real answer of 2023 had neither updated_at nor account_id: nothing more is asked of a catalog.
const catalogShape = z.object({ id: z.int(), name: z.string() });

/** All catalogs ("lists") of the account. */
export async function readCatalogs(client: AmoClient): Promise<readonly Named[]> {
  const catalogs: Named[] = [];
  for await (const page of client.pages("/api/v4/catalogs", { limit: 250 })) {
    for (const entry of listOf(page, "catalogs")) {
      const parsed = catalogShape.safeParse(entry);
      if (!parsed.success) {
        throw new AmoError(
          "Cannot read /api/v4/catalogs: a catalog has no id or no name, expected both: check AMO_BASE_URL",
          200,
        );
      }
      catalogs.push(parsed.data);
    }
  }
  return catalogs;
}

/** Which catalog holds the clients or the cars, and which setting says so. */
export function wantedCatalog(settings: AmoSettings, entity: "clients" | "cars") {
  return entity === "cars"
    ? { kind: "catalog", nameOrId: settings.carsCatalog, setting: "AMO_CARS_CATALOG" } as const
    : {
      kind: "catalog",
      nameOrId: settings.clientsCatalog,
      setting: "AMO_CLIENTS_CATALOG",
    } as const;
}
