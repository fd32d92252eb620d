// What a scheduler costs that has nothing to do: processor time as a share of the 1 % of a core that it may take
// at one heartbeat a minute, and the memory that 2,000 heartbeats leave behind, against that of the first 200.
//
//     deno task bench scheduler_idle      (TEST_PG_* names the server, else its own)

import { Command } from "commander";
import { cpuUsage } from "node:process";
import { readConfig } from "../lib/config.ts";
import { scheduleDags } from "../lib/dag/scheduled_dags.ts";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { dags } from "../pipeline/daily.ts";
import { createScheduler } from "../pipeline/scheduler/beats.ts";
import { openBenchServer } from "./support/bench_server.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";

/** After so many heartbeats everything is compiled and every pool is filled. */
const WARM_UP = 200;
const MINUTE_MS = 60_000;
const ALLOWED_SHARE = 0.01;
const FIRST_DATE = "2026-05-01";
/** Days of which nothing is known, as they are too long ago to be made good. */
const FORGOTTEN_DAYS = 10;

/** What was measured. */
export interface IdleFigures {
  readonly beats: number;
  /** Share of one core, at one heartbeat a minute. */
  readonly coreShare: number;
  /** Bytes of live objects after the warm-up, and after all heartbeats. */
  readonly heapBefore: number;
  readonly heapAfter: number;
}

/** Lets so many heartbeats pass on a clock of its own, one a minute, over so many days that have all succeeded. */
export async function measureIdle(beats: number, days: number): Promise<IdleFigures> {
  await using server = await openBenchServer("scheduler_idle_bench");
  await using warehouse = await openServer({ ...server.pg, sslmode: "disable" });
  await migrate(warehouse);
  await succeedEveryDay(warehouse, days);
  const config = readConfig(
    { CATCHUP: "all", CATCHUP_MAX_DAYS: String(days - FORGOTTEN_DAYS) },
    { amo: false },
  );
  const start = Temporal.PlainDate.from(FIRST_DATE).add({ days: days - 3 });
  let now = start.toZonedDateTime({ timeZone: config.businessTz }).toInstant();
  let beaten = 0;
  const scheduler = createScheduler({
    warehouse,
    config,
    worker: {
      id: "bench.1.aaaaaa",
      liveRuns: new Set(),
      isDead: () => false,
      sweep: () => {},
      [Symbol.dispose]: () => {},
    },
    dags: scheduleDags(dags, config, new Map()),
    now: () => Promise.resolve(now = now.add({ minutes: 1 })),
    onBeat: () => {
      beaten++;
      return Promise.resolve();
    },
  });
  const live = async (count: number) => {
    for (let beat = 0; beat < count; beat++) await scheduler.beat();
  };
  await live(WARM_UP);
  const heapBefore = liveBytes();
  const cpuBefore = cpuUsage();
  await live(beats);
  const { user, system } = cpuUsage(cpuBefore);
  const heapAfter = liveBytes();
  if (beaten !== WARM_UP + beats || scheduler.running > 0) {
    throw new Error(`Cannot measure: ${beaten} heartbeats went well, expected ${WARM_UP + beats}`);
  }
  return { beats, coreShare: (user + system) / 1000 / beats / MINUTE_MS, heapBefore, heapAfter };
}

/** Only with the flag of the header; without it the figures would hold what was not collected yet. */
function liveBytes(): number {
  const collect: unknown = Reflect.get(globalThis, "gc");
  if (typeof collect !== "function") {
    throw new Error("Cannot measure memory: found no gc(), expected --v8-flags=--expose-gc");
  }
  collect();
  return Deno.memoryUsage().heapUsed;
}

async function succeedEveryDay({ sql }: Warehouse, days: number): Promise<void> {
  for (const dag of dags) {
    for (const { id } of dag.tasks) {
      await sql`
        insert into ops.run_log (
          run_id, dag_id, task_id, logical_date, attempt, status, finished_at, worker
        )
        select
          gen_random_uuid(), ${dag.id}, ${id}, ${FIRST_DATE}::date + days.n, 1, 'success', now(), 'w'
        from generate_series(0, ${days - 1}::integer) as days (n)
      `;
    }
  }
}

function toTable({ beats, coreShare, heapBefore, heapAfter }: IdleFigures): BenchTable {
  const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  return {
    title: `A scheduler with nothing to do, over ${beats.toLocaleString("en")} heartbeats`,
    head: ["", "ratio", "found", "baseline"],
    rows: [
      [
        "processor at one heartbeat a minute",
        (coreShare / ALLOWED_SHARE).toFixed(3),
        `${(coreShare * 100).toFixed(3)} % of a core`,
        `${ALLOWED_SHARE * 100} % of a core, allowed`,
      ],
      [
        "live memory after them",
        (heapAfter / heapBefore).toFixed(3),
        megabytes(heapAfter),
        `${megabytes(heapBefore)} before them`,
      ],
    ],
  };
}

if (import.meta.main) {
  const { beats, days, json, figures } = new Command("scheduler_idle_bench")
    .option("--beats <number>", "heartbeats to measure", "2000")
    .option("--days <number>", "days in the run log, 11 or more", "40")
    .option("--json", "hand the table over as JSON")
    .option("--figures", "the bare figures as one JSON object")
    .parse().opts<{ beats: string; days: string; json?: boolean; figures?: boolean }>();
  const found = await measureIdle(Number(beats), Number(days));
  if (figures) console.log(JSON.stringify(found));
  else handOver([toTable(found)], { json });
}
