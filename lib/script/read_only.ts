import { join } from "node:path";
import type { Config } from "../config.ts";
import { requireDataDir } from "./data_dir.ts";
import { listPending, MigrationError } from "../warehouse/migrations.ts";
import { openWarehouse, type Warehouse } from "../warehouse/warehouse.ts";

/**
 * Opens a warehouse that is at the version of this program already, to read it: makes none, migrates
 * nothing, registers no worker. Throws `MigrationError`, and what `openWarehouse` throws.
 */
export async function openMigratedWarehouse(config: Config): Promise<Warehouse> {
  if (!config.pg) requireFolder(config.dataDir);
  await using opened = new AsyncDisposableStack();
  const warehouse = opened.use(await openWarehouse(config));
  const files = await listPending(warehouse);
  if (files.length > 0) throw behind(warehouse.description, `it lacks ${files.join(", ")}`);
  opened.move();
  return warehouse;
}

/** Opening an embedded warehouse would make it. */
function requireFolder(dataDir: string): void {
  requireDataDir(dataDir);
  const folder = join(dataDir, "warehouse");
  try {
    Deno.statSync(join(folder, "PG_VERSION"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw behind(`folder ${folder}`, "there is none yet");
  }
}

function behind(place: string, found: string): MigrationError {
  return new MigrationError(
    `Cannot read the warehouse (${place}): ${found}, expected every migration: run deno task migrate`,
  );
}
