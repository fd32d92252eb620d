// How long the first whole day of an account takes against what its requests need: `deno task daily` in a process of
// its own, on an empty warehouse on a PostgreSQL server, against a sandbox in another process that answers after
// 150 ms and counts 7 requests a second. The baseline is requests / limit, as the request log of the sandbox has them.
// Also its connections and transactions, as the server counts them.
//
//     deno task bench first_day --leads 10000      (TEST_PG_* names the server, else its own)

import { Command } from "commander";
import postgres from "postgres";
import { z } from "zod";
import { createRentalAccount, type RentalAccount } from "../tests/support/rental_account.ts";
import { type SandboxProcess, startSandboxProcess } from "../tests/support/sandbox_process.ts";
import { type BenchServer, openBenchServer } from "./support/bench_server.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";

const LIMIT = 7;
const LATENCY_MS = 150;
const WANTED = 1.5;
const LEADS_OF_A_CLIENT = 5;
const CARS = 40;
const LEAD_EVERY_S = 600;

const requestLog = z.array(z.object({ path: z.string(), status: z.number(), atMs: z.number() }));

interface Day {
  readonly seconds: number;
  readonly requests: number;
  readonly tooMany: number;
  readonly tasks: readonly Task[];
  readonly work: ServerWork;
}

const taskRows = z.array(z.object({ task: z.string(), began: z.number(), seconds: z.number() }));
type Task = z.infer<typeof taskRows>[number];

const workRows = z.tuple([z.object({ connections: z.number(), transactions: z.number() })]);
type ServerWork = z.infer<typeof workRows>[0];

/** Measures the first day of an account with so many leads, and the day after, on which nothing has changed. */
export async function benchFirstDay(leads: number): Promise<BenchTable[]> {
  await using sandbox = await startSandboxProcess();
  await sandbox.control("POST", "/switches", { requestsPerSecond: null });
  const account = await createRentalAccount(fetch, sandbox.token, sandbox.url);
  console.error(`first day: creating ${leads} leads`);
  await fill(account, leads);
  await sandbox.control("POST", "/switches", { requestsPerSecond: LIMIT, latencyMs: LATENCY_MS });
  await using server = await openBenchServer("first_day_bench");
  const first = await liveDay(sandbox, server, "2026-05-03");
  const second = await liveDay(sandbox, server, "2026-05-04");
  return [toTable(leads, first, second), toTasks(first)];
}

async function fill(account: RentalAccount, leads: number): Promise<void> {
  const { carFields, clientFields, leadFields, statuses } = account;
  const oldest = Math.floor(Date.now() / 1000) - (leads + 1) * LEAD_EVERY_S;
  const list = (count: number, toItem: (i: number) => object) =>
    Array.from({ length: count }, (_, i) => toItem(i));
  const field = (id: number | undefined, value: string) => ({ field_id: id, values: [{ value }] });
  const cars = await account.create(
    `/catalogs/${account.carsCatalogId}/elements`,
    "elements",
    list(CARS, (i) => ({
      name: `Car ${i}`,
      custom_fields_values: [field(carFields.plate, `A ${i}`)],
    })),
  );
  const clients = await account.create(
    `/catalogs/${account.clientsCatalogId}/elements`,
    "elements",
    list(Math.ceil(leads / LEADS_OF_A_CLIENT), (i) => ({
      name: `Client ${i}`,
      custom_fields_values: [
        field(clientFields.client_name, `Client ${i}`),
        field(clientFields.license, `DL-${i}`),
      ],
    })),
  );
  const stages = ["Inquiry", "Confirmed", "On Rent", "Closed", "Cancelled"].map((name) =>
    statuses[name]
  );
  await account.create(
    "/leads",
    "leads",
    list(leads, (i) => ({
      name: `Lead ${i}`,
      pipeline_id: account.pipelineId,
      status_id: stages[i % stages.length],
      price: 100 + i % 900,
      created_at: oldest + i * LEAD_EVERY_S,
      updated_at: oldest + i * LEAD_EVERY_S,
      custom_fields_values: [
        field(leadFields.plate, `A ${i % cars.length}`),
        field(leadFields.license, `DL-${i % clients.length}`),
      ],
    })),
  );
}

/** Runs `daily` as a person would, in a process of its own. */
async function liveDay(sandbox: SandboxProcess, { pg }: BenchServer, date: string): Promise<Day> {
  await sandbox.control("DELETE", "/requests");
  const dataDir = await Deno.makeTempDir({ prefix: "rental_bench_" });
  try {
    const before = await readWork(pg);
    const started = performance.now();
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "pipeline/daily.ts", "--date", date],
      cwd: new URL("..", import.meta.url).pathname,
      env: {
        AMO_BASE_URL: sandbox.url,
        AMO_TOKEN: sandbox.token,
        DATA_DIR: dataDir,
        LOG_DIR: `${dataDir}/logs`,
        PG_HOST: pg.host,
        PG_PORT: String(pg.port),
        PG_DATABASE: pg.database,
        PG_USER: pg.user,
        PG_PASSWORD: pg.password,
        PG_SSLMODE: "disable",
      },
      stdout: "null",
      stderr: "inherit",
    }).output();
    const seconds = (performance.now() - started) / 1000;
    if (!success) throw new Error(`Cannot measure: the day ${date} failed`);
    const after = await readWork(pg);
    const requests = requestLog.parse(await sandbox.control("GET", "/requests"));
    return {
      seconds,
      requests: requests.length,
      tooMany: requests.filter(({ status }) => status === 429).length,
      tasks: await readTasks(pg, date),
      work: {
        connections: after.connections - before.connections,
        transactions: after.transactions - before.transactions,
      },
    };
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function readTasks({ user, ...access }: BenchServer["pg"], date: string): Promise<Task[]> {
  const sql = postgres({ ...access, username: user, max: 1 });
  try {
    return taskRows.parse([
      ...await sql`
        select
          task_id as task,
          extract(epoch from started_at - min(started_at) over ())::float8 as began,
          extract(epoch from finished_at - started_at)::float8 as seconds
        from ops.run_log
        where logical_date = ${date} and status = 'success'
        order by started_at
      `,
    ]);
  } finally {
    await sql.end();
  }
}

/** What the database has seen so far, asked from outside of it. */
async function readWork({ user, database, ...access }: BenchServer["pg"]): Promise<ServerWork> {
  const sql = postgres({ ...access, username: user, database: "postgres", max: 1 });
  try {
    const [work] = workRows.parse([
      ...await sql`
        select sessions::integer as connections, (xact_commit + xact_rollback)::integer as transactions
        from pg_stat_database
        where datname = ${database}
      `,
    ]);
    return work;
  } finally {
    await sql.end();
  }
}

function toTable(leads: number, first: Day, second: Day): BenchTable {
  const row = (name: string, { seconds, requests, tooMany, work }: Day) => {
    const needed = requests / LIMIT;
    return [
      name,
      (seconds / needed).toFixed(2),
      seconds.toFixed(1),
      needed.toFixed(1),
      String(requests),
      String(tooMany),
      String(work.connections),
      String(work.transactions),
    ];
  };
  return {
    title: `A whole day of an account with ${leads.toLocaleString("en")} leads`,
    head: [
      ...["day", "ratio", "seconds", "requests / limit, s", "requests", "answers 429"],
      ...["connections", "transactions"],
    ],
    rows: [row("first", first), row("next, nothing changed", second)],
    notes: [
      `Baseline: requests / ${LIMIT} a second; the account answers after ${LATENCY_MS} ms.`,
      `Wanted of the first day: at most ${WANTED}.`,
    ],
  };
}

function toTasks({ tasks }: Day): BenchTable {
  return {
    title: "Tasks of the first day",
    head: ["task", "seconds", "began after, s"],
    rows: tasks.map(({ task, seconds, began }) => [task, seconds.toFixed(2), began.toFixed(1)]),
  };
}

if (import.meta.main) {
  const { leads, json } = new Command("first_day_bench")
    .option("--leads <number>", "leads of the account", Number, 10_000)
    .option("--json", "hand the tables over as JSON")
    .parse().opts<{ leads: number; json?: boolean }>();
  handOver(await benchFirstDay(leads), { json });
}
