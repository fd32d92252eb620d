// How long merge_fact_rentals takes to build the rentals of 200,000 leads at once, and to take in a day on which 200 of
// them changed: once with leads that link their car and client, and once with leads that name plate and licence alone.
//
//     deno task bench rentals_merge --leads 200000 --changed 200     (TEST_PG_* names the server, else its own)

import { readConfig } from "../lib/config.ts";
import { taskParameters } from "../lib/dag/sql_task.ts";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import { runSqlFiles } from "../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { filesOf, MERGES } from "../tests/support/staged.ts";
import { openBenchServer } from "./support/bench_server.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";
import { landBusiness, landChanges } from "./support/rental_history.ts";
import { measureRolledBack } from "./support/rolled_back.ts";
import { readSize } from "./support/warehouse_size.ts";

const ROUNDS = 3;
const RENTALS = "dds/merge_fact_rentals.sql";
const PARAMETERS = taskParameters({
  config: readConfig({}, { amo: false }),
  logicalDate: Temporal.PlainDate.from("2026-05-03"),
  runId: crypto.randomUUID(),
});

/** The seconds of a first build and of a day, each the median of three rounds. */
export async function benchRentalsMerge(leads: number, changed: number): Promise<BenchTable> {
  const count = (value: number) => value.toLocaleString("en");
  const rows: string[][] = [];
  await using server = await openBenchServer("rentals_merge_bench");
  await using warehouse = await openServer({ ...server.pg, sslmode: "disable" });
  await migrate(warehouse);
  await landBusiness(warehouse, leads);
  for (const isLinked of [true, false]) {
    if (!isLinked) await forgetLinks(warehouse);
    await mergeUpTo(warehouse, RENTALS);
    const first = await measure(warehouse, leads);
    await mergeUpTo(warehouse, null);
    await landChanges(warehouse, leads, changed);
    if (!isLinked) await forgetLinks(warehouse);
    await mergeUpTo(warehouse, RENTALS);
    const day = await measure(warehouse, changed);
    const kind = isLinked ? "linked to car and client" : "by plate and licence";
    rows.push([kind, (day / first).toFixed(4), day.toFixed(3), first.toFixed(2)]);
    await startAnew(warehouse);
  }
  return {
    title: `Rentals of ${count(leads)} leads, of which ${count(changed)} change`,
    head: ["", "ratio", "a day, s", "all at once, s"],
    rows,
    notes: [
      "Baseline: the first build of all of them.",
      `Medians of ${ROUNDS} rounds that are rolled back.`,
    ],
  };
}

/** Runs the merges of a date before `last`, or all; each commits. */
async function mergeUpTo({ sql }: Warehouse, last: string | null): Promise<void> {
  for (const path of MERGES) {
    if (path === last) break;
    await sql.begin((tx) => runSqlFiles(tx, filesOf(path), PARAMETERS));
  }
  await sql`vacuum analyze`;
}

/** The median of a few merges of the rentals, each rolled back; every one must write `rows` rows. */
async function measure(warehouse: Warehouse, rows: number): Promise<number> {
  return await measureRolledBack(warehouse, ROUNDS, async (tx) => {
    const { rows_written: written } = await runSqlFiles(tx, filesOf(RENTALS), PARAMETERS);
    if (written !== rows) {
      throw new Error(`Cannot compare: the merge wrote ${written} rows, expected ${rows}`);
    }
  });
}

/** Leaves plate and licence alone to say which car and client a lead is about. */
async function forgetLinks({ sql }: Warehouse): Promise<void> {
  await sql`update stg.stg_leads set car_element_id = null, client_element_id = null`;
}

/** Takes back the changes of the day, and empties what was built. */
async function startAnew({ sql }: Warehouse): Promise<void> {
  await sql`delete from stg.stg_leads where updated_at = '2026-05-02Z'`;
  await sql`delete from stg.stg_cars where updated_at = '2026-05-02Z'`;
  await sql`
    truncate ods.ods_leads_hist, ods.ods_clients_hist, ods.ods_cars_hist, dds.fact_rentals,
      dds.fact_lead_status_change, dds.fact_fleet_usage_day, dds.fact_fleet_usage_day_pending,
      dds.lead_first_status, dds.unresolved_link, dds.fact_rentals_pending
  `;
  await sql`update ops.watermark set position = 0, settings = null, cursor_day = null`;
}

if (import.meta.main) {
  const { leads, changed, json } = readSize("rentals_merge_bench", 200);
  handOver([await benchRentalsMerge(leads, changed)], { json });
}
