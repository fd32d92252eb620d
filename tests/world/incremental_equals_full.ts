import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { type Difference, findDifferences, readTables, TABLES } from "./compare.ts";
import { withEmbedded, withServerDatabase } from "../support/warehouses.ts";
import type { Row } from "./oracle/tables.ts";
import { liveWorld, type Watcher, type WorldOptions } from "./world.ts";

/** What is as it was read: where cursors stand differs. */
const COMPARED = TABLES.filter((table) => table !== "ops.watermark");

/**
 * Lives through one honest world twice, with a reader of changes and with one that reads everything each time, and
 * returns how the two warehouses differ in the end: expected are the rows of the latter.
 */
export async function compareWithFull(
  options: WorldOptions,
  kind: "embedded" | "server",
): Promise<readonly Difference[]> {
  const changes = await liveAndDump({ ...options, isHonest: true }, kind);
  const full = await liveAndDump({ ...options, isHonest: true, isFull: true }, kind);
  return COMPARED.flatMap((table) =>
    findDifferences(table, (full.get(table) ?? []).map(comparable), changes.get(table) ?? [])
  );
}

async function liveAndDump(
  options: WorldOptions,
  kind: "embedded" | "server",
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const onWarehouse = kind === "embedded" ? withEmbedded : withServerDatabase;
  let dumped: ReadonlyMap<string, readonly Row[]> = new Map();
  await onWarehouse(async (warehouse: Warehouse) => {
    await liveWorld(options, warehouse, () => NOBODY);
    dumped = await readTables(warehouse, COMPARED);
  });
  return dumped;
}

const NOBODY: Watcher = {
  hasSeenEnough: false,
  happened() {},
  ran() {},
  dayIsOver: () => Promise.resolve(),
};

/** Without what tells one run from another. */
function comparable(row: Row): Row {
  const own = ["run_id", "landed_seq", "changed_seq", "rejected_at"];
  return Object.fromEntries(Object.entries(row).filter(([name]) => !own.includes(name)));
}
