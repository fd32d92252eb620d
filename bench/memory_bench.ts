// How much memory reading and loading all leads of an account takes: the script of leads in a process of its own, on an
// empty warehouse on a PostgreSQL server, against a sandbox in another process. The baseline is the most that the same
// script holds when it finds the day done, so nothing but the work itself is counted.
//
//     deno task bench memory --leads 80000,200000      (TEST_PG_* names the server, else its own)

import { Command } from "commander";
import config from "../deno.json" with { type: "json" };
import {
  createRentalAccount,
  fieldValues,
  type RentalAccount,
} from "../tests/support/rental_account.ts";
import { PROJECT_DIR } from "../tests/support/script.ts";
import { type SandboxProcess, startSandboxProcess } from "../tests/support/sandbox_process.ts";
import { type BenchServer, openBenchServer } from "./support/bench_server.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";

const WANTED_MB = 120;
const DATE = "2026-05-03";
const PAGE_SIZE = 250;
const LEAD_EVERY_S = 300;
const SAMPLE_MS = 20;
/** That of accounts with a paid pack: it reads with the most requests side by side. */
const REQUESTS_PER_SECOND = 50;

/** Those that `deno task daily` gives V8. */
const V8_FLAGS = config.tasks.daily.command.match(/--v8-flags=\S+/g) ?? [];

/** Megabytes above the process that found nothing to do, and how long each half took. */
interface Peak {
  readonly leads: number;
  readonly reading: number;
  readonly loading: number;
  readonly idle: number;
  readonly seconds: number;
}

/** The peaks at each of these sizes, in the order given, which has to rise: one account grows. */
export async function benchMemory(sizes: readonly number[], rate: number): Promise<BenchTable> {
  await using sandbox = await startSandboxProcess();
  await sandbox.control("POST", "/switches", { requestsPerSecond: null });
  const account = await createRentalAccount(fetch, sandbox.token, sandbox.url);
  const peaks: Peak[] = [];
  let there = 0;
  for (const leads of sizes) {
    console.error(`memory: creating ${leads - there} leads`);
    await createLeads(account, there, leads);
    there = leads;
    await using server = await openBenchServer("memory_bench");
    peaks.push(await measure(sandbox, server, leads, rate));
  }
  return toTable(peaks, rate);
}

async function createLeads(
  { pipelineId, leadFields, create }: RentalAccount,
  from: number,
  to: number,
): Promise<void> {
  const newest = Math.floor(Date.now() / 1000) - 86_400;
  for (let start = from; start < to; start += PAGE_SIZE) {
    const leads = Array.from({ length: Math.min(PAGE_SIZE, to - start) }, (_, i) => {
      const n = start + i;
      const at = newest - n * LEAD_EVERY_S;
      return {
        name: `Rental of client ${n}, by telephone`,
        pipeline_id: pipelineId,
        price: 100 + n % 900,
        created_at: at,
        updated_at: at,
        custom_fields_values: fieldValues([
          [leadFields.model, `Model ${n % 12}`],
          [leadFields.plate, `A ${n % 200}`],
          [leadFields.dailyrate, "350"],
          [leadFields.client_name, `Client ${n}`],
          [leadFields.license, `DL-${n}`],
          [leadFields.rental_start, at],
          [leadFields.rental_end, at + 86_400],
        ]),
      };
    });
    await create("/leads", "leads", leads);
  }
}

async function measure(
  sandbox: SandboxProcess,
  server: BenchServer,
  leads: number,
  rate: number,
): Promise<Peak> {
  const dataDir = await Deno.makeTempDir({ prefix: "rental_bench_" });
  try {
    const run = () => watch(startScript(sandbox, server, dataDir, rate));
    const started = performance.now();
    const work = await run();
    const seconds = (performance.now() - started) / 1000;
    const { reading: idle } = await run();
    return {
      leads,
      idle,
      reading: work.reading - idle,
      loading: work.loading - idle,
      seconds,
    };
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

function startScript(
  sandbox: SandboxProcess,
  { pg }: BenchServer,
  dataDir: string,
  rate: number,
): Deno.ChildProcess {
  const flags = ["run", "-q", "-A", ...V8_FLAGS];
  return new Deno.Command(Deno.execPath(), {
    args: [...flags, "pipeline/daily_amocrm_load_leads.ts", "--date", DATE],
    cwd: PROJECT_DIR,
    env: {
      AMO_BASE_URL: sandbox.url,
      AMO_TOKEN: sandbox.token,
      AMO_RPS: String(rate),
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
    stderr: "piped",
  }).spawn();
}

/** The most that a process held, in megabytes, until it says that all is read, and from then on. */
async function watch(process: Deno.ChildProcess): Promise<{ reading: number; loading: number }> {
  const peaks = { reading: 0, loading: 0 };
  let phase: keyof typeof peaks = "reading";
  const look = setInterval(() => {
    peaks[phase] = Math.max(peaks[phase], residentMb(process.pid));
  }, SAMPLE_MS);
  for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
    if (text.includes("extract_leads done")) phase = "loading";
  }
  const { success } = await process.status;
  clearInterval(look);
  if (!success) throw new Error("Cannot measure: the script of leads failed");
  return peaks;
}

/** 0 when it has ended. */
function residentMb(pid: number): number {
  try {
    const [, kilobytes = "0"] = /^VmRSS:\s+(\d+)/m.exec(
      Deno.readTextFileSync(`/proc/${pid}/status`),
    ) ?? [];
    return Number(kilobytes) / 1024;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function toTable(peaks: readonly Peak[], rate: number): BenchTable {
  return {
    title:
      "The most memory that reading and loading all leads takes, above a run with nothing to do",
    head: ["leads", "above, MB", "wanted", "reading, MB", "loading, MB", "idle, MB", "seconds"],
    rows: peaks.map(({ leads, reading, loading, idle, seconds }) => [
      leads.toLocaleString("en"),
      Math.max(reading, loading).toFixed(0),
      `at most ${WANTED_MB}`,
      reading.toFixed(0),
      loading.toFixed(0),
      idle.toFixed(0),
      seconds.toFixed(1),
    ]),
    notes: [
      `Memory that is resident, looked at every ${SAMPLE_MS} ms, of the script of leads with AMO_RPS ${rate}.`,
    ],
  };
}

if (import.meta.main) {
  const { leads, rate, json } = new Command("memory_bench")
    .option("--leads <numbers>", "sizes of the account, rising", "80000,200000")
    .option("--rate <number>", "AMO_RPS", Number, REQUESTS_PER_SECOND)
    .option("--json", "hand the table over as JSON")
    .parse()
    .opts<{ leads: string; rate: number; json?: boolean }>();
  handOver([await benchMemory(leads.split(",").map(Number), rate)], { json });
}
