// What a day of 500 changes costs against a read of all leads, in requests and seconds, and how much memory the
// reads of few and of many leads take: extract_leads and load_leads, in a process of their own, against a sandbox in
// another one and a PostgreSQL server.
//
//     deno task bench leads_day --leads 200000      (TEST_PG_* names the server, else its own)

import { Command } from "commander";
import { z } from "zod";
import { readConfig } from "../lib/config.ts";
import { runDag } from "../lib/runner/runner.ts";
import { startWorker } from "../lib/run_log/worker.ts";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import { dag } from "../pipeline/daily_amocrm_load_leads.ts";
import { createRentalAccount, type RentalAccount } from "../tests/support/rental_account.ts";
import { type SandboxProcess, startSandboxProcess } from "../tests/support/sandbox_process.ts";
import { type BenchServer, openBenchServer } from "./support/bench_server.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";

const PAGE_SIZE = 250;
const CHANGES = 500;
const LEAD_EVERY_S = 300;
/** What a day of 500 changes may cost of a read of all. */
const WANTED_SHARE = 0.05;
/** What the read of many leads may take in memory, of that of a quarter of them. */
const WANTED_MEMORY = 1.25;
/** How far reading and loading may go above a process that has opened its warehouse, in MB. */
const WANTED_ABOVE_IDLE = 120;

const runShape = z.object({
  rows: z.number(),
  seconds: z.number(),
  peakMb: z.number(),
  idleMb: z.number(),
});
const requestsShape = z.array(z.object({ path: z.string() }));

/** What one run cost. */
interface Cost extends z.infer<typeof runShape> {
  readonly requests: number;
}

/** Shows the ratios; throws when one is not as wanted. */
export async function benchLeadsDay(many: number, json: boolean | undefined): Promise<void> {
  const few = Math.ceil(many / 4);
  await using sandbox = await startSandboxProcess();
  await sandbox.control("POST", "/switches", {
    requestsPerSecond: null,
    missingEventTypes: ["lead_added"],
  });
  const account = await createRentalAccount(fetch, sandbox.token, sandbox.url);
  console.error(`leads day: creating ${many} leads`);
  await createLeads(account, 0, few);
  const small = await measureFull(sandbox, few);
  await createLeads(account, few, many);
  await using server = await openBenchServer("leads_day_bench");
  const full = await measure(sandbox, server, 0);
  const ids = await changeLeads(sandbox, account);
  const day = await measure(sandbox, server, 1);
  const count = (leads: number) => leads.toLocaleString("en");
  const judged = [
    judge(`requests of a day of ${ids.length} changes`, day.requests / full.requests, WANTED_SHARE),
    judge(`seconds of a day of ${ids.length} changes`, day.seconds / full.seconds, WANTED_SHARE),
    judge(
      `peak memory of ${count(many)} leads against ${count(few)}`,
      full.peakMb / small.peakMb,
      WANTED_MEMORY,
    ),
    judge("MB above idle", full.peakMb - full.idleMb, WANTED_ABOVE_IDLE),
  ];
  handOver([
    toRatios(judged, many),
    toCosts([
      [`all of ${count(few)}`, small],
      [`all of ${count(many)}`, full],
      [`${ids.length} changes`, day],
    ]),
  ], { json });
  const failed = judged.filter(({ found, wanted }) => found > wanted).map(({ name }) => name);
  if (failed.length > 0) throw new Error(`More than wanted: ${failed.join(", ")}`);
}

async function measureFull(sandbox: SandboxProcess, leads: number): Promise<Cost> {
  await using server = await openBenchServer(`leads_day_bench_${leads}`);
  return await measure(sandbox, server, 0);
}

async function createLeads(account: RentalAccount, from: number, to: number): Promise<void> {
  const oldest = Math.floor(Date.now() / 1000) - 86_400 - to * LEAD_EVERY_S;
  for (let start = from; start < to; start += PAGE_SIZE) {
    const leads = Array.from({ length: Math.min(PAGE_SIZE, to - start) }, (_, i) => {
      const time = oldest + (start + i) * LEAD_EVERY_S;
      return {
        name: `Lead ${start + i}`,
        pipeline_id: account.pipelineId,
        price: 100,
        created_at: time,
        updated_at: time,
        custom_fields_values: [
          { field_id: account.leadFields.plate, values: [{ value: `A ${start + i}` }] },
          { field_id: account.leadFields.client_name, values: [{ value: `Client ${start + i}` }] },
        ],
      };
    });
    await account.create("/leads", "leads", leads);
  }
}

/** A day goes by, in which some leads are changed, a few in any minute. */
async function changeLeads(sandbox: SandboxProcess, account: RentalAccount): Promise<number[]> {
  const query = `limit=250&order[id]=desc`;
  const headers = { authorization: `Bearer ${sandbox.token}` };
  const ids: number[] = [];
  for (let page = 1; ids.length < CHANGES; page++) {
    const response = await fetch(`${sandbox.url}/api/v4/leads?${query}&page=${page}`, { headers });
    const list = z.object({ _embedded: z.object({ leads: z.array(z.object({ id: z.int() })) }) });
    ids.push(...list.parse(await response.json())._embedded.leads.map(({ id }) => id));
  }
  await sandbox.control("POST", "/clock", { advance: "PT1H" });
  for (let start = 0; start < CHANGES; start += 10) {
    await account.patch("/leads", ids.slice(start, start + 10).map((id) => ({ id, price: 200 })));
    await sandbox.control("POST", "/clock", { advance: "PT20M" });
  }
  return ids.slice(0, CHANGES);
}

/** Runs the DAG in a process of its own, so that its memory is its own. */
async function measure(
  sandbox: SandboxProcess,
  { pg }: BenchServer,
  day: number,
): Promise<Cost> {
  await sandbox.control("DELETE", "/requests");
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", import.meta.filename ?? "", "--run", String(day)],
    env: {
      BENCH_URL: sandbox.url,
      BENCH_TOKEN: sandbox.token,
      BENCH_PG: JSON.stringify(pg),
    },
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot measure: the run failed");
  const run = runShape.parse(JSON.parse(new TextDecoder().decode(stdout)));
  const requests = requestsShape.parse(await sandbox.control("GET", "/requests"));
  return { ...run, requests: requests.length };
}

/** The process of one run. */
async function runOnce(day: number): Promise<void> {
  const pg = z.object({
    host: z.string(),
    port: z.number(),
    user: z.string(),
    password: z.string(),
    database: z.string(),
  }).parse(JSON.parse(Deno.env.get("BENCH_PG") ?? ""));
  const dataDir = await Deno.makeTempDir({ prefix: "rental_bench_" });
  try {
    await using warehouse = await openServer({ ...pg, sslmode: "disable" });
    await migrate(warehouse);
    using worker = startWorker(dataDir);
    const config = readConfig({
      AMO_BASE_URL: Deno.env.get("BENCH_URL"),
      AMO_TOKEN: Deno.env.get("BENCH_TOKEN"),
      AMO_RPS: "50",
      DATA_DIR: dataDir,
      LOG_DIR: `${dataDir}/logs`,
    });
    // The machine is measured, not the limit of an account.
    const amo = config.amo && { ...config.amo, requestsPerSecond: 1000 };
    const logicalDate = Temporal.PlainDate.from("2026-05-03").add({ days: day });
    const idleMb = await readMb("VmRSS");
    const started = performance.now();
    const outcome = await runDag(dag, {
      warehouse,
      config: { ...config, amo },
      worker,
      logicalDate,
    });
    const seconds = (performance.now() - started) / 1000;
    if (outcome.status !== "success") throw new Error(JSON.stringify(outcome));
    const rows = outcome.tasks[1]?.rows ?? 0;
    console.log(JSON.stringify({ rows, seconds, idleMb, peakMb: await readMb("VmHWM") }));
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** Of this process: what it takes (VmRSS), or took at most (VmHWM). */
async function readMb(name: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status) ?? [];
  if (!kilobytes) throw new Error(`Cannot measure memory: found no ${name}, expected Linux`);
  return Number(kilobytes) / 1024;
}

interface Judged {
  readonly name: string;
  readonly found: number;
  readonly wanted: number;
}

function judge(name: string, found: number, wanted: number): Judged {
  return { name, found, wanted };
}

function toRatios(judged: readonly Judged[], leads: number): BenchTable {
  return {
    title: `Reading and landing what changed, of ${leads.toLocaleString("en")} leads`,
    head: ["", "found", "wanted at most"],
    rows: judged.map(({ name, found, wanted }) => [
      name,
      wanted < 10 ? found.toFixed(3) : found.toFixed(0),
      String(wanted),
    ]),
    notes: [
      "Baseline of requests and seconds: reading and landing all of them, without the limit of an account.",
    ],
  };
}

function toCosts(costs: readonly (readonly [string, Cost])[]): BenchTable {
  return {
    title: "What that took",
    head: ["", "rows landed", "requests", "seconds", "MB at most", "MB when idle"],
    rows: costs.map(([name, { rows, requests, seconds, peakMb, idleMb }]) => [
      name,
      rows.toLocaleString("en"),
      String(requests),
      seconds.toFixed(2),
      peakMb.toFixed(0),
      idleMb.toFixed(0),
    ]),
  };
}

if (import.meta.main) {
  const { leads, run, json } = new Command("leads_day_bench")
    .option(
      "--leads <number>",
      "leads of the account; a quarter of them is measured too",
      Number,
      200_000,
    )
    .option("--json", "hand the tables over as JSON")
    .option("--run <day>", "one run, by the bench itself", Number)
    .parse().opts<{ leads: number; run?: number; json?: boolean }>();
  if (run === undefined) await benchLeadsDay(leads, json);
  else await runOnce(run);
}
