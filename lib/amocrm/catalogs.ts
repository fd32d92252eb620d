import { z } from "zod";
import type { AmoClient } from "./client.ts";
import { AmoError } from "./answers.ts";
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
