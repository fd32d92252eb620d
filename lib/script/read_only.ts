import { join } from "node:path";
import { z } from "zod";
import type { Config } from "../config.ts";
import { configureLogging } from "../log/logging.ts";
import { formatProse } from "../log/prose.ts";
import { checkBusiness } from "../warehouse/business.ts";
import { listPending, MigrationError } from "../warehouse/migrations.ts";
import { openWarehouse } from "../warehouse/open.ts";
import { querySqlFile } from "../warehouse/sql_file.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import { requireDataDir } from "./data_dir.ts";

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
  await checkBusiness(warehouse, config);
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

/** There is no run log that could be read; the message says what makes one. */
export class NoRunLogError extends Error {
  override readonly name = "NoRunLogError";
}

const found = z.tuple([z.object({ is_there: z.boolean(), is_current: z.boolean() })]);

/**
 * Opens the warehouse only to read its run log: migrates nothing, claims nothing, registers no worker.
 *
 * Throws `NoRunLogError` when no run was ever written down, and what `openWarehouse` throws.
 */
export async function openRunLog(
  config: Config,
  writeLine?: (line: string) => void,
): Promise<Warehouse> {
  // What people asked for is all that they want to see.
  await configureLogging({ ...config, logLevel: "warning" }, writeLine);
  if (!config.pg) requireRunLogFolder(config.dataDir);
  await using opened = new AsyncDisposableStack();
  const warehouse = opened.use(await openWarehouse(config));
  const [state] = found.parse([...await querySqlFile(warehouse.sql, "ops/find_run_log.sql", [])]);
  if (!state.is_there) throw noRunLog(warehouse.description);
  if (!state.is_current) throw outdated(warehouse.description);
  opened.move();
  return warehouse;
}

/** Opening an embedded warehouse would make it. */
function requireRunLogFolder(dataDir: string): void {
  requireDataDir(dataDir);
  try {
    Deno.statSync(join(dataDir, "warehouse", "PG_VERSION"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw noRunLog(`folder ${join(dataDir, "warehouse")}`);
  }
}

function noRunLog(place: string): NoRunLogError {
  return new NoRunLogError(
    formatProse(
      `There is no run log yet in the warehouse (${place}): the first run makes it, e.g. deno task daily`,
      "",
    ),
  );
}

function outdated(place: string): Error {
  return new Error(
    `Cannot read the run log of the warehouse (${place}): an older version of this program made it, ` +
      "expected all migrations: any run applies them, e.g. deno task daily",
  );
}
