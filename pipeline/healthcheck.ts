// Reads:  /healthz of the scheduler on METRICS_PORT of this machine
// Writes: nothing
// When:   every half minute, by the container that the scheduler runs in
// Try:    deno run -q -P=pipeline pipeline/healthcheck.ts
import { createCommand, runMain } from "../lib/script/command.ts";
import { ConfigError, readConfig } from "../lib/config.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";

const TIMEOUT_MS = 5_000;

/** Asks the scheduler whether it is well, and prints its answer. */
export async function main(args: readonly string[]): Promise<number> {
  createCommand("healthcheck", "Asks the scheduler of this machine whether it is well", [
    "METRICS_PORT=9464 deno run -q -P=pipeline pipeline/healthcheck.ts",
  ]).parse(args, { from: "user" });
  const { metricsHost, metricsPort } = readConfig(undefined, { amo: false });
  if (metricsPort === null) {
    throw new ConfigError(
      "METRICS_PORT is missing: the scheduler answers health checks there: set it for both, e.g. METRICS_PORT=9464",
    );
  }
  // Whoever listens on every address listens on loopback too.
  const host = ["0.0.0.0", "::"].includes(metricsHost) ? "127.0.0.1" : metricsHost;
  const answer = await ask(`http://${host}:${metricsPort}/healthz`);
  console.log(answer.text);
  return answer.isWell ? EXIT_CODE.done : EXIT_CODE.failed;
}

async function ask(url: string): Promise<{ readonly isWell: boolean; readonly text: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { isWell: response.ok, text: (await response.text()).trim() };
  } catch (error) {
    // Nobody listens, or nobody answers in time; anything else is a fault of this script.
    const isSilent = error instanceof TypeError ||
      (error instanceof DOMException && error.name === "TimeoutError");
    if (!isSilent) throw error;
    return { isWell: false, text: `No answer from ${url}: ${error.message}` };
  }
}

if (import.meta.main) await runMain(() => main(Deno.args));
