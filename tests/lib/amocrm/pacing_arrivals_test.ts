import assert from "node:assert/strict";
import { z } from "zod";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { burnCores } from "../../support/busy_cores.ts";
import { captureLog } from "../../support/logs.ts";
import { type SandboxProcess, startSandboxProcess } from "../../support/sandbox_process.ts";

const LIMIT = 7;
const WORKERS = 6;
const { log } = await captureLog();
const requestLog = z.array(z.object({ status: z.number(), atMs: z.number() }));

/** Reads the account `count` times, as many workers side by side do, and gives what the account saw. */
async function readSideBySide(sandbox: SandboxProcess, count: number) {
  await sandbox.control("DELETE", "/requests");
  const client = createAmoClient({
    baseUrl: sandbox.url,
    token: sandbox.token,
    requestsPerSecond: LIMIT,
    log,
  });
  let left = count;
  const work = async () => {
    while (left-- > 0) await client.get("/api/v4/account", {});
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return requestLog.parse(await sandbox.control("GET", "/requests"));
}

/** The shortest times between the arrivals of a request and of the 7th after it, in whole milliseconds. */
function spansOfEight(arrivals: readonly { atMs: number }[]): number[] {
  return arrivals.slice(LIMIT)
    .map(({ atMs }, i) => Math.floor(atMs - (arrivals[i]?.atMs ?? 0)))
    .sort((a, b) => a - b);
}

for (const latencyMs of [0, 150]) {
  Deno.test(`createAmoClient() lets no 8th request arrive within a second when both cores are busy, at ${latencyMs} ms`, async () => {
    await using sandbox = await startSandboxProcess();
    await sandbox.control("POST", "/switches", { requestsPerSecond: LIMIT, latencyMs });
    await using _busy = burnCores(20);
    const arrivals = await readSideBySide(sandbox, 36);
    assert.deepEqual(arrivals.filter(({ status }) => status !== 200), []);
    assert.deepEqual(spansOfEight(arrivals).filter((span) => span < 1000), []);
  });
}
