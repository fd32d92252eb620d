// What a day costs, task by task with its checks, beside the merges that an engineer writes first: full comparison of
// everything (bench/support/day_baseline.sql), the same leads on the same server in the same run.
//
//     deno task bench day --leads 200000,1000000 --rounds 3     (TEST_PG_* names the server, else its own)
//
// One day is as long as the machine lets it be: of those without and with changes several are measured, each with other
// leads that change, and the middle is told.

import type { TransactionSql } from "postgres";
import { passChecks } from "../lib/checks/gate.ts";
import { type Config, readConfig } from "../lib/config.ts";
import type { Task } from "../lib/dag/dag.ts";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { dags } from "../pipeline/daily.ts";
import { openBenchServer } from "./support/bench_server.ts";
import { handOver } from "./support/bench_table.ts";
import {
  type DayKind,
  type DayTime,
  type SameDays,
  type SizedDays,
  type TaskTime,
  toDayTables,
} from "./support/day_tables.ts";
import { landCatalogs } from "./support/fleet_history.ts";
import { taskContext } from "./support/task_context.ts";
import { readSizes } from "./support/warehouse_size.ts";

const FIRST_DATE = Temporal.PlainDate.from("2026-05-01");

/** Days of one kind, by which leads change before each; null: none. */
export interface WantedDays {
  readonly name: string;
  readonly kind: DayKind;
  /** A condition on the id of leads for each day. */
  readonly changes: readonly (string | null)[];
}

/** Measures so many days of each kind in a warehouse of so many leads, and one first build; says on stderr how far it is. */
export async function benchDay(leads: number, changed: number, rounds: number): Promise<SizedDays> {
  const cars = Math.max(1, Math.round(leads / 1_000));
  const sizes = { leads, cars, clients: Math.round(leads / 20) + 1_000 };
  const wanted = wantedDays(sizes, changed, rounds);
  await using server = await openBenchServer("day_bench");
  await using warehouse = await openServer({ ...server.pg, sslmode: "disable" });
  await migrate(warehouse);
  await landBusiness(warehouse, sizes);
  await landBaseline(warehouse, sizes);
  const days: SameDays[] = [];
  let date = FIRST_DATE;
  for (const { name, kind, changes } of wanted) {
    const measured: DayTime[] = [];
    for (const condition of changes) {
      if (condition !== null) await change(warehouse, condition, date);
      const tasks = await runTasks(warehouse, date);
      measured.push({ tasks, baseline: await runBaseline(warehouse, kind === "first") });
      await warehouse.sql`vacuum analyze`;
      date = date.add({ days: 1 });
    }
    days.push({ name, kind, measured });
    console.error(`${count(leads)} leads: ${name.toLowerCase()} is measured`);
  }
  return { leads, days };
}

/**
 * The first build, and so many days of each other kind, each of which changes leads that no other of its kind does.
 * Throws where there are too few leads or cars for that: a day would change fewer than it says, or none.
 */
export function wantedDays(
  { leads, cars }: Sizes,
  changed: number,
  rounds: number,
): readonly WantedDays[] {
  const few = Math.max(1, Math.round(changed / 1_000));
  if (rounds * changed > leads || rounds * few > cars) {
    throw new Error(
      `Cannot change ${count(changed)} leads on each of ${rounds} days: there are ${
        count(leads)
      } leads and ` +
        `${count(cars)} cars, expected ${count(rounds * changed)} and ${count(rounds * few)}: ` +
        "raise --leads, or lower --changed or --rounds",
    );
  }
  const each = Array.from({ length: rounds }, (_, round) => round);
  return [
    { name: "First build", kind: "first", changes: [null] },
    { name: "Nothing changed", kind: "nothing", changes: each.map(() => null) },
    {
      name: `${count(changed)} changed, over all cars`,
      kind: "changes",
      changes: each.map((round) => {
        const last = leads - round * changed;
        return `id > ${last - changed} and id <= ${last}`;
      }),
    },
    {
      name: `${count(changed)} changed, on a few cars`,
      kind: "changes",
      changes: each.map((round) =>
        `id % ${cars} >= ${round * few} and id % ${cars} < ${(round + 1) * few}`
      ),
    },
  ];
}

/** How many there are of each in the warehouse. */
export interface Sizes {
  readonly leads: number;
  readonly cars: number;
  readonly clients: number;
}

async function landBusiness(warehouse: Warehouse, sizes: Sizes): Promise<void> {
  const { leads, cars, clients } = sizes;
  await landCatalogs(warehouse, {
    statuses: { 1: "Inquiry", 4: "Confirmed", 6: "Returned", 142: "Closed", 143: "Cancelled" },
    cars,
    clients,
    createdAt: "2020-11-01Z",
    updatedAt: "2026-04-01Z",
    observedAt: "2026-05-01Z",
  });
  const text = await Deno.readTextFile(new URL("support/day_business.sql", import.meta.url));
  const numbers = ["", String(leads), String(cars), String(clients)];
  const sized = text.replaceAll(/\$([123])/g, (_, place) => numbers[Number(place)] ?? "");
  await warehouse.sql.unsafe(sized);
  await warehouse.sql`analyze`;
}

/** The tables of the baseline, written for 1,000,000 leads, with the three numbers of this size. */
async function landBaseline({ sql }: Warehouse, { leads, cars, clients }: Sizes): Promise<void> {
  const text = await Deno.readTextFile(
    new URL("support/day_baseline_tables.sql", import.meta.url),
  );
  const sized = text.replaceAll("1::bigint,1000000", `1::bigint,${leads}`)
    .replaceAll("51000", String(clients))
    .replaceAll("generate_series(1,1000)", `generate_series(1,${cars})`)
    .replaceAll("id % 1000,", `id % ${cars},`)
    .replaceAll("id / 1000)", `id / ${cars})`);
  await sql.unsafe(sized);
}

/** Changes the leads of a condition on both sides: another budget and status, which ours has seen on that day. */
async function change(
  { sql }: Warehouse,
  condition: string,
  date: Temporal.PlainDate,
): Promise<void> {
  await sql.unsafe(`
    update plain.stg
    set budget = budget + 1, updated_at = updated_at + interval '1 day', status_id = 6
    where ${condition};
    insert into stg.stg_leads (
      id, pipeline_id, status_id, name, plate, license, budget, dailyrate, rental_start, rental_end,
      created_at, updated_at, payload, row_hash, observed_at, run_id, load_date
    )
    select
      id, pipeline_id, 6, name, plate, license, budget + 1, dailyrate, rental_start, rental_end, created_at,
      '${date}Z', payload, md5(row_hash || '${date}'), '${date}Z', run_id, '${date}'
    from (
      select distinct on (id) * from stg.stg_leads where ${condition} order by id, observed_at desc
    ) as newest
    order by id;
  `);
}

/** Runs every task that is SQL alone, in the order of the DAGs, as a run does: work, checks, commit. */
async function runTasks(warehouse: Warehouse, date: Temporal.PlainDate): Promise<TaskTime[]> {
  const config = readConfig({}, { amo: false });
  const times: TaskTime[] = [];
  for (const task of dags.flatMap(({ tasks }) => tasks)) {
    if (task.prepare || !task.sqlFiles?.length) continue;
    times.push(await runTask(warehouse, config, task, date));
  }
  return times;
}

async function runTask(
  { sql }: Warehouse,
  config: Config,
  task: Task,
  logicalDate: Temporal.PlainDate,
): Promise<TaskTime> {
  const context = { ...taskContext(config), logicalDate };
  let checks = 0;
  const started = performance.now();
  await sql.begin(async (tx: TransactionSql) => {
    const result = await task.write?.(tx, context, undefined) ?? { metrics: {} };
    const written = performance.now();
    await passChecks(tx, task.id, context, result);
    checks = (performance.now() - written) / 1000;
  });
  const seconds = (performance.now() - started) / 1000;
  return { taskId: task.id, work: seconds - checks, checks };
}

/** Seconds of the baseline, which with default plans on empty tables does not end. */
async function runBaseline({ sql }: Warehouse, isFirst: boolean): Promise<number> {
  const text = await Deno.readTextFile(new URL("support/day_baseline.sql", import.meta.url));
  const session = await sql.reserve();
  try {
    if (isFirst) await session`set enable_nestloop = off`;
    const started = performance.now();
    await session.unsafe(text);
    const seconds = (performance.now() - started) / 1000;
    await session`reset enable_nestloop`;
    return seconds;
  } finally {
    session.release();
  }
}

function count(value: number): string {
  return value.toLocaleString("en");
}

if (import.meta.main) {
  const { leads, changed, rounds, json } = readSizes("day_bench", { changed: 5_000, rounds: 3 });
  const sizes: SizedDays[] = [];
  for (const one of leads) sizes.push(await benchDay(one, changed, rounds));
  handOver(toDayTables(sizes), { json });
}
