// How close the extract of leads comes to amoCRM's limit of 7 requests a second at 50, 150 and 400 ms of latency on an
// idle machine, and at 150 ms with all of its cores busy, against reading the same account page by page. The figures
// come from the request log of the sandbox, as an account would count them.
//
//     deno task bench extract --leads 50000

import { Command } from "commander";
import { z } from "zod";
import { readConfig } from "../lib/config.ts";
import { dag } from "../pipeline/daily_amocrm_load_leads.ts";
import { burnCores } from "../tests/support/busy_cores.ts";
import { createRentalAccount, type RentalAccount } from "../tests/support/rental_account.ts";
import { type SandboxProcess, startSandboxProcess } from "../tests/support/sandbox_process.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";
import { taskContext } from "./support/task_context.ts";

const LIMIT = 7;
/** Shares of the limit; below 1 because answers that are slow have to count as requests that arrived late. */
const WANTED_IDLE = 0.9;
const WANTED_BUSY = 0.85;
const LATENCIES_MS = [50, 150, 400];
const BUSY_LATENCY_MS = 150;
const PAGE_SIZE = 250;
const SEQUENTIAL_REQUESTS = 30;
const LEAD_EVERY_S = 600;

const requestLog = z.array(z.object({ path: z.string(), status: z.number(), atMs: z.number() }));

/** Requests as the account saw them. */
interface Rate {
  readonly requests: number;
  readonly ofLimit: number;
  readonly tooMany: number;
  /** The shortest time from the arrival of a request to that of the 7th after it; null for fewer than 8. */
  readonly shortestMs: number | null;
}

/** Throws when an extract is too slow, or caused a 429; shows the rates first. */
export async function benchExtract(leads: number, json: boolean | undefined): Promise<void> {
  await using sandbox = await startSandboxProcess();
  await sandbox.control("POST", "/switches", { requestsPerSecond: null });
  const account = await createRentalAccount(fetch, sandbox.token, sandbox.url);
  console.error(`extract: creating ${leads} leads`);
  await createLeads(account, leads);
  const measureAt = async (latencyMs: number, work: () => Promise<void>) => {
    await sandbox.control("POST", "/switches", { requestsPerSecond: LIMIT, latencyMs });
    // The second that the limit counts must be over before somebody else is measured.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return await measure(sandbox, work);
  };
  const extract = () => extractLeads(sandbox);
  const rates: Named[] = [];
  for (const latencyMs of LATENCIES_MS) {
    const rate = await measureAt(latencyMs, extract);
    rates.push({ name: "extract_leads", latencyMs, wanted: WANTED_IDLE, ...rate });
  }
  const busy = async () => {
    // Twice what it takes at the limit, so that the cores are not left alone before the end.
    await using _busy = burnCores(10 + leads / PAGE_SIZE * 2 / LIMIT);
    await extract();
  };
  rates.push({
    name: "the same, cores busy",
    latencyMs: BUSY_LATENCY_MS,
    wanted: WANTED_BUSY,
    ...await measureAt(BUSY_LATENCY_MS, busy),
  });
  const byPage = await measureAt(BUSY_LATENCY_MS, () => readPageByPage(sandbox, account));
  handOver([
    toTable(leads, [...rates, {
      name: "page by page",
      latencyMs: BUSY_LATENCY_MS,
      wanted: null,
      ...byPage,
    }]),
  ], { json });
  for (const rate of rates) refuseSlow(rate);
}

interface Named extends Rate {
  readonly name: string;
  readonly latencyMs: number;
  readonly wanted: number | null;
}

function refuseSlow({ name, latencyMs, ofLimit, tooMany, wanted }: Named): void {
  if (wanted === null || (ofLimit >= wanted && tooMany === 0)) return;
  throw new Error(
    `${name} at ${latencyMs} ms reached ${ofLimit.toFixed(3)} of the limit and caused ${tooMany} ` +
      `answers 429, expected at least ${wanted} and 0`,
  );
}

async function createLeads(account: RentalAccount, count: number): Promise<void> {
  const oldest = Math.floor(Date.now() / 1000) - (count + 1) * LEAD_EVERY_S;
  for (let start = 0; start < count; start += PAGE_SIZE) {
    const leads = Array.from({ length: Math.min(PAGE_SIZE, count - start) }, (_, i) => ({
      name: `Lead ${start + i}`,
      pipeline_id: account.pipelineId,
      price: 100,
      created_at: oldest + (start + i) * LEAD_EVERY_S,
      custom_fields_values: [{
        field_id: account.leadFields.plate,
        values: [{ value: `A ${start + i}` }],
      }],
    }));
    await account.create("/leads", "leads", leads);
  }
}

async function extractLeads({ url, token }: SandboxProcess): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "rental_bench_" });
  try {
    const config = readConfig({ AMO_BASE_URL: url, AMO_TOKEN: token, DATA_DIR: dataDir });
    await dag.tasks[0]?.prepare?.(taskContext(config));
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function readPageByPage(
  { url, token }: SandboxProcess,
  { pipelineId }: RentalAccount,
): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const filter = `filter[pipeline_id][]=${pipelineId}&with=catalog_elements&limit=${PAGE_SIZE}`;
  for (let page = 1; page <= SEQUENTIAL_REQUESTS; page++) {
    const response = await fetch(`${url}/api/v4/leads?${filter}&page=${page}`, { headers });
    await response.json();
  }
}

async function measure(sandbox: SandboxProcess, work: () => Promise<void>): Promise<Rate> {
  await sandbox.control("DELETE", "/requests");
  await work();
  const list = requestLog.parse(await sandbox.control("GET", "/requests"));
  const [first, last] = [list[0]?.atMs ?? 0, list.at(-1)?.atMs ?? 0];
  const spans = list.slice(LIMIT).map(({ atMs }, i) => atMs - (list[i]?.atMs ?? 0));
  return {
    requests: list.length,
    ofLimit: (list.length - 1) / ((last - first) / 1000) / LIMIT,
    tooMany: list.filter(({ status }) => status === 429).length,
    shortestMs: spans.length > 0 ? Math.floor(Math.min(...spans)) : null,
  };
}

function toTable(leads: number, rates: readonly Named[]): BenchTable {
  return {
    title: `Reading all of ${leads.toLocaleString("en")} leads`,
    head: ["", "of the limit", "wanted", "latency, ms", "a second", "requests", "answers 429"],
    rows: rates.map((rate) => [
      rate.name,
      rate.ofLimit.toFixed(3),
      rate.wanted === null ? "" : `at least ${rate.wanted}`,
      String(rate.latencyMs),
      (rate.ofLimit * LIMIT).toFixed(2),
      String(rate.requests),
      String(rate.tooMany),
    ]),
    notes: [
      `Baseline: the account's limit of ${LIMIT} requests a second, by the times at which requests reached it.`,
      `No 8 of them came within ${
        Math.min(...rates.map(({ shortestMs }) => shortestMs ?? Infinity))
      } ms.`,
    ],
  };
}

if (import.meta.main) {
  const { leads, json } = new Command("extract_bench")
    .option("--leads <number>", "leads of the account", Number, 40_000)
    .option("--json", "hand the table over as JSON")
    .parse()
    .opts<{ leads: number; json?: boolean }>();
  await benchExtract(leads, json);
}
