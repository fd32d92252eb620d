import { join } from "node:path";
import type { Config } from "../config.ts";
import { configureLogging } from "../log/logging.ts";
import { formatProse } from "../log/prose.ts";
import { checkBusiness } from "../warehouse/business.ts";
import { listPending, MigrationError } from "../warehouse/migrations.ts";
import { openWarehouse } from "../warehouse/open.ts";
import { querySqlFile } from "../warehouse/sql_file.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import { requireDataDir } from "./data_dir.ts";

/** There is no warehouse yet, so no run was ever written down. */
export class NoRunLogError extends MigrationError {
  constructor(readonly place: string) {
    super(behind(place, "there is none yet"));
  }

  /** For people who look at runs, to whom that is no failure. */
  get note(): string {
    return formatProse(
      `There is no run log yet in the warehouse (${this.place}): the first run makes it, ` +
        "e.g. deno task daily",
      "",
    );
  }
}

/**
 * Opens a warehouse that is at the version of this program already, for commands that change nothing or next
 * to nothing: makes none, migrates nothing, claims nothing, registers no worker, and logs warnings alone.
 *
 * Throws `NoRunLogError` when there is none yet, `MigrationError` when it is older, and what `openWarehouse` throws.
 */
export async function openMigratedWarehouse(
  config: Config,
  writeLine?: (line: string) => void,
): Promise<Warehouse> {
  // What people asked for is all that they want to see.
  await configureLogging({ ...config, logLevel: "warning" }, writeLine);
  if (!config.pg && !hasEmbeddedWarehouse(config.dataDir)) {
    throw new NoRunLogError(`folder ${join(config.dataDir, "warehouse")}`);
  }
  await using opened = new AsyncDisposableStack();
  const warehouse = opened.use(await openWarehouse(config));
  const [row] = await querySqlFile(warehouse.sql, "ops/find_schema_migration.sql", []);
  if (!row?.is_there) throw new NoRunLogError(warehouse.description);
  const files = await listPending(warehouse);
  if (files.length > 0) {
    throw new MigrationError(behind(warehouse.description, `it lacks ${files.join(", ")}`));
  }
  await checkBusiness(warehouse, config);
  opened.move();
  return warehouse;
}

/** Whether there is an embedded warehouse: opening it would make it. Throws `ConfigError` as `requireDataDir`. */
export function hasEmbeddedWarehouse(dataDir: string): boolean {
  requireDataDir(dataDir);
  try {
    return Deno.statSync(join(dataDir, "warehouse", "PG_VERSION")).isFile;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}

function behind(place: string, found: string): string {
  return `Cannot read the warehouse (${place}): ${found}, expected every migration: ` +
    "run deno task migrate";
}
