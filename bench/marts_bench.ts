// What the marts cost, task by task: the first build from everything, and a day after 5,000 of 1,000,000 leads changed.
// The baseline is that build from everything (a plain rebuild from the facts), in the same run.
//
//     deno task bench marts --leads 1000000 --cars 1000     (TEST_PG_* names the server, else its own)

import { Command } from "commander";
import { readConfig } from "../lib/config.ts";
import { targetOf, taskParameters } from "../lib/dag/sql_task.ts";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import { runSqlFiles } from "../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { dag as buildMarts } from "../pipeline/daily_build_dm.ts";
import { filesOf, MERGES } from "../tests/support/staged.ts";
import { openBenchServer } from "./support/bench_server.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";
import { landFleet, landFleetChanges } from "./support/fleet_history.ts";
import { processorMs } from "./support/processor.ts";

const DAY_LIMIT_S = 3;
const config = readConfig({}, { amo: false });

/** The seconds of every task for the first build and for a day of changes, and their sums. */
export async function benchMarts(
  leads: number,
  cars: number,
  changed: number,
): Promise<BenchTable> {
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
    select coalesce(sum(cardinality(car_ids)), 0)::integer as noted from dds.changed_car_day
  `;
  const day = await buildDay(warehouse, "2026-05-03");
  const again = await buildDay(warehouse, "2026-05-03");
  const tasks = buildMarts.tasks.map(({ id }) =>
    rowOf(id, [first, day, again].map((costs) => costs.get(id) ?? NOTHING))
  );
  return {
    title: `A day of the marts of ${count(leads)} leads and ${count(cars)} cars`,
    head: ["task", "ratio", "a day", "processor", "again", "first build"],
    rows: [...tasks, rowOf("all", [first, day, again].map(sumOf))],
    notes: [
      `A day in which ${count(changed)} leads changed, with ${
        count(noted)
      } days of cars, against the first build of everything; again: nothing changed.`,
      `Wanted: less than ${DAY_LIMIT_S} s for a day at 1,000,000 leads.`,
    ],
  };
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

/** What a task took: by the clock, and of the processor where the server is on this machine. */
interface Cost {
  readonly wall: number;
  readonly processor: number;
}

type Costs = ReadonlyMap<string, Cost>;

const NOTHING: Cost = { wall: 0, processor: 0 };

/** What every task costs, each in a transaction of its own. */
async function buildDay({ sql }: Warehouse, date: string): Promise<Costs> {
  const costs = new Map<string, Cost>();
  for (const { id, sqlFiles = [] } of buildMarts.tasks) {
    const cost = await sql.begin(async (tx) => {
      const [{ pid } = { pid: 0 }] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      const [started, used] = [performance.now(), await processorSeconds(pid)];
      await runSqlFiles(tx, sqlFiles, { ...parametersOf(date), target: targetOf(id) });
      return {
        wall: (performance.now() - started) / 1000,
        processor: await processorSeconds(pid) - used,
      };
    });
    costs.set(id, cost);
  }
  return costs;
}

/** 0 where the server is on another machine. */
async function processorSeconds(pid: number): Promise<number> {
  const ms = await processorMs(pid);
  return Number.isNaN(ms) ? 0 : ms / 1000;
}

function sumOf(costs: Costs): Cost {
  return [...costs.values()].reduce(
    (sum, { wall, processor }) => ({
      wall: sum.wall + wall,
      processor: sum.processor + processor,
    }),
    NOTHING,
  );
}

function rowOf(name: string, [first = NOTHING, day = NOTHING, again = NOTHING]: Cost[]): string[] {
  return [
    name,
    (day.wall / first.wall).toFixed(2),
    seconds(day.wall),
    seconds(day.processor),
    seconds(again.wall),
    seconds(first.wall),
  ];
}

const count = (value: number) => value.toLocaleString("en");
const seconds = (value: number) => `${value.toFixed(2)} s`;

if (import.meta.main) {
  const { leads, cars, changed, json } = new Command("marts_bench")
    .option("--leads <count>", "leads in the warehouse", Number, 200_000)
    .option("--cars <count>", "cars of the fleet", Number, 1_000)
    .option("--changed <count>", "leads that changed", Number, 5_000)
    .option("--json", "only the figures, as one line of JSON")
    .parse(Deno.args, { from: "user" })
    .opts<{
      readonly leads: number;
      readonly cars: number;
      readonly changed: number;
      readonly json?: boolean;
    }>();
  handOver([await benchMarts(leads, cars, changed)], { json });
}
