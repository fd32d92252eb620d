// What the marts cost, task by task: the first build from everything, and a day after 5,000 of 1,000,000 leads changed.
// The baseline is that build from everything (a plain rebuild from the facts), in the same run.
//
//     deno run -A bench/marts_bench.ts --leads 1000000 --cars 1000     (TEST_PG_* names the server, else its own)

import { Command } from "commander";
import { readConfig } from "../lib/config.ts";
import { taskParameters } from "../lib/dag/sql_task.ts";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import { runSqlFiles } from "../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { dag as buildMarts } from "../pipeline/daily_build_dm.ts";
import { filesOf, MERGES } from "../tests/support/staged.ts";
import { openBenchServer } from "./support/bench_server.ts";
import { landFleet, landFleetChanges } from "./support/fleet_history.ts";

const DAY_LIMIT_S = 3;
const config = readConfig({}, { amo: false });

/** Prints the seconds of every task for the first build and for a day of changes, and their sums. */
export async function benchMarts(leads: number, cars: number, changed: number): Promise<void> {
  await using server = await openBenchServer("marts_bench");
  await using warehouse = await openServer({ ...server.pg, sslmode: "disable" });
  await migrate(warehouse);
  await landFleet(warehouse, leads, cars);
  await mergeDay(warehouse, "2026-05-02");
  await warehouse.sql`vacuum analyze`;
  const first = await buildDay(warehouse, "2026-05-02");
  await warehouse.sql`vacuum analyze`;
  await landFleetChanges(warehouse, leads, cars, changed);
  await mergeDay(warehouse, "2026-05-03");
  await warehouse.sql`analyze`;
  const [{ noted = 0 } = {}] = await warehouse.sql`
    select count(*)::integer as noted from dds.changed_car_day
  `;
  const day = await buildDay(warehouse, "2026-05-03");
  const again = await buildDay(warehouse, "2026-05-03");
  console.log(
    `Marts of ${count(leads)} leads and ${count(cars)} cars, ${
      count(changed)
    } leads changed (${noted} days of cars)\n` +
      line("task", ["first build", "a day", "ratio", "again"]),
  );
  for (const { id } of buildMarts.tasks) {
    const [whole = 0, part = 0, idle = 0] = [first, day, again].map((times) => times.get(id) ?? 0);
    console.log(
      line(id, [seconds(whole), seconds(part), (part / whole).toFixed(2), seconds(idle)]),
    );
  }
  const [whole = 0, part = 0, idle = 0] = [first, day, again].map(sumOf);
  console.log(
    line("all", [seconds(whole), seconds(part), (part / whole).toFixed(2), seconds(idle)]),
  );
  if (part > DAY_LIMIT_S) console.log(`A day took more than ${DAY_LIMIT_S} s`);
}

function parametersOf(date: string) {
  const logicalDate = Temporal.PlainDate.from(date);
  return taskParameters({ config, logicalDate, runId: crypto.randomUUID() });
}

async function mergeDay({ sql }: Warehouse, date: string): Promise<void> {
  for (const path of MERGES) {
    await sql.begin((tx) => runSqlFiles(tx, filesOf(path), parametersOf(date)));
  }
}

/** The seconds of every task, each in a transaction of its own. */
async function buildDay({ sql }: Warehouse, date: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const { id, sqlFiles = [] } of buildMarts.tasks) {
    const started = performance.now();
    await sql.begin((tx) => runSqlFiles(tx, sqlFiles, parametersOf(date)));
    times.set(id, (performance.now() - started) / 1000);
  }
  return times;
}

const sumOf = (times: ReadonlyMap<string, number>) =>
  [...times.values()].reduce((sum, one) => sum + one, 0);
const count = (value: number) => value.toLocaleString("en");
const seconds = (value: number) => `${value.toFixed(2)} s`;
const line = (name: string, cells: readonly string[]) =>
  `  ${name.padEnd(32)}${cells.map((cell) => cell.padStart(12)).join("")}`;

if (import.meta.main) {
  const { leads, cars, changed } = new Command("marts_bench")
    .option("--leads <count>", "leads in the warehouse", Number, 200_000)
    .option("--cars <count>", "cars of the fleet", Number, 1_000)
    .option("--changed <count>", "leads that changed", Number, 5_000)
    .parse(Deno.args, { from: "user" })
    .opts<{ readonly leads: number; readonly cars: number; readonly changed: number }>();
  await benchMarts(leads, cars, changed);
}
