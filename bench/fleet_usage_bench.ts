// What fleet usage costs on a day with 5,000 changed leads over all cars, by merge_fact_fleet_usage_day and by the way
// of before, which rebuilt the whole life of every touched car (bench/support/rebuild_touched_cars.sql).
//
//     deno task bench fleet_usage --leads 200000 --changed 5000     (TEST_PG_* names the server, else its own)

import { readConfig } from "../lib/config.ts";
import { taskParameters } from "../lib/dag/sql_task.ts";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import { runSqlFiles, setParameters } from "../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { filesOf, MERGES } from "../tests/support/staged.ts";
import { openBenchServer } from "./support/bench_server.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";
import { landBusiness, landChanges } from "./support/rental_history.ts";
import { measureRolledBack } from "./support/rolled_back.ts";
import { readSize } from "./support/warehouse_size.ts";

const ROUNDS = 3;
const FLEET = "dds/merge_fact_fleet_usage_day.sql";
const BASELINE = new URL("support/rebuild_touched_cars.sql", import.meta.url);
const config = readConfig({}, { amo: false });

/** The seconds of both ways, each the median of three rounds that are rolled back, and their ratio. */
export async function benchFleetUsage(leads: number, changed: number): Promise<BenchTable> {
  const count = (value: number) => value.toLocaleString("en");
  await using server = await openBenchServer("fleet_usage_bench");
  await using warehouse = await openServer({ ...server.pg, sslmode: "disable" });
  await migrate(warehouse);
  await landBusiness(warehouse, leads);
  await mergeDay(warehouse, "2026-05-03", null);
  await landChanges(warehouse, leads, changed);
  await mergeDay(warehouse, "2026-05-04", FLEET);

  const baseline = await Deno.readTextFile(BASELINE);
  const before = await measureRolledBack(warehouse, ROUNDS, async (tx) => {
    await setParameters(tx, parametersOf("2026-05-04"));
    await tx.unsafe(baseline);
  });
  const after = await measureRolledBack(warehouse, ROUNDS, async (tx) => {
    await runSqlFiles(tx, filesOf(FLEET), parametersOf("2026-05-04"));
  });
  return {
    title: `Fleet usage after ${count(changed)} of ${count(leads)} leads changed`,
    head: ["", "ratio", "seconds"],
    rows: [
      ["days that changed", (after / before).toFixed(3), after.toFixed(2)],
      ["whole life of touched cars", "1", before.toFixed(2)],
    ],
    notes: [
      "Baseline: every day of every touched car built anew.",
      `Medians of ${ROUNDS} rounds that are rolled back.`,
    ],
  };
}

function parametersOf(date: string) {
  const logicalDate = Temporal.PlainDate.from(date);
  return taskParameters({ config, logicalDate, runId: crypto.randomUUID() });
}

/** Runs the merges of a date before `last`, or all; each commits. */
async function mergeDay({ sql }: Warehouse, date: string, last: string | null): Promise<void> {
  for (const path of MERGES) {
    if (path === last) break;
    await sql.begin((tx) => runSqlFiles(tx, filesOf(path), parametersOf(date)));
  }
  await sql`vacuum analyze`;
}

if (import.meta.main) {
  const { leads, changed, json } = readSize("fleet_usage_bench", 5_000);
  handOver([await benchFleetUsage(leads, changed)], { json });
}
