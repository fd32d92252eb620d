// How close the extract of leads comes to amoCRM's limit of 7 requests a second at 150 ms of latency, on an idle
// machine and with all of its cores busy, against reading the same account page by page. The figures come from the
// request log of the sandbox, as an account would count them.
//
//     deno run -A bench/extract_bench.ts --requests 300

import { Command } from "commander";
import { z } from "zod";
import { readConfig } from "../lib/config.ts";
import { dag } from "../pipeline/daily_amocrm_load_leads.ts";
import { burnCores } from "../tests/support/busy_cores.ts";
import { createRentalAccount, type RentalAccount } from "../tests/support/rental_account.ts";
import { type SandboxProcess, startSandboxProcess } from "../tests/support/sandbox_process.ts";
import { taskContext } from "./support/task_context.ts";

const LIMIT = 7;
/** Shares of the limit; below 1 because answers that are slow have to count as requests that arrived late. */
const WANTED_IDLE = 0.9;
const WANTED_BUSY = 0.85;
const LATENCY_MS = 150;
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

/** Prints the rates; throws when an extract is too slow, or caused a 429. */
export async function benchExtract(requests: number): Promise<void> {
  await using sandbox = await startSandboxProcess();
  await sandbox.control("POST", "/switches", { requestsPerSecond: null });
  const account = await createRentalAccount(fetch, sandbox.token, sandbox.url);
  console.log(`extract: creating ${requests * PAGE_SIZE} leads`);
  await createLeads(account, requests * PAGE_SIZE);
  await sandbox.control("POST", "/switches", {
    requestsPerSecond: LIMIT,
    latencyMs: LATENCY_MS,
  });
  const sequential = await measure(sandbox, () => readPageByPage(sandbox, account.pipelineId));
  // The second that the limit counts must be over before somebody else is measured.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const idle = await measure(sandbox, () => extractLeads(sandbox));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const busy = await measureBusy(sandbox, requests);
  print("page by page", sequential);
  print("extract_leads", idle);
  print("the same, busy", busy);
  refuseSlow("idle", idle, WANTED_IDLE);
  refuseSlow("busy", busy, WANTED_BUSY);
}

async function measureBusy(sandbox: SandboxProcess, requests: number): Promise<Rate> {
  // Twice what it takes at the limit, so that the cores are not left alone before the end.
  await using _busy = burnCores(10 + requests * 2 / LIMIT);
  return await measure(sandbox, () => extractLeads(sandbox));
}

function refuseSlow(name: string, { ofLimit, tooMany }: Rate, wanted: number): void {
  if (ofLimit >= wanted && tooMany === 0) return;
  throw new Error(
    `The extract (${name}) reached ${
      ofLimit.toFixed(3)
    } of the limit and caused ${tooMany} answers 429, ` +
      `expected at least ${wanted} and 0`,
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

async function readPageByPage({ url, token }: SandboxProcess, pipelineId: number): Promise<void> {
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

function print(name: string, { requests, ofLimit, tooMany, shortestMs }: Rate): void {
  console.log(
    `extract: ${name.padEnd(14)} ${requests} requests, ${(ofLimit * LIMIT).toFixed(2)} a second, ` +
      `${ofLimit.toFixed(3)} of the limit, ${tooMany} answers 429, ` +
      `never 8 within ${shortestMs ?? "…"} ms`,
  );
}

if (import.meta.main) {
  const { requests } = new Command("extract_bench")
    .option("--requests <number>", "how many pages of leads the account has", Number, 300)
    .parse()
    .opts<{ requests: number }>();
  await benchExtract(requests);
}
