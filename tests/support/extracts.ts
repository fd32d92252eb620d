import { join } from "node:path";
import { type Config, readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { runDag } from "../../lib/runner/runner.ts";
import type { RunOptions } from "../../lib/runner/run.ts";
import type { DagOutcome } from "../../lib/dag/outcome.ts";
import { type ServedSandbox, serveSandbox } from "../../lib/sandbox/server.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { temporaryFolder } from "./folders.ts";
import { createRentalAccount, type RentalAccount } from "./rental_account.ts";
import { dryRunDag, listRuns, runOptions } from "./runs.ts";

/** An account on loopback and a data folder, for runs of DAGs against it. */
export interface ExtractBench extends AsyncDisposable {
  readonly sandbox: ServedSandbox;
  readonly account: RentalAccount;
  readonly config: Config;
  /** Runs a DAG for 2026-05-03, unless told otherwise. */
  run(dag: Dag, changes?: Partial<RunOptions>): Promise<DagOutcome>;
  /** The same as a dry run. */
  dryRun(dag: Dag): Promise<DagOutcome>;
  /** Files and folders left below snapshots/. */
  listSnapshots(): Promise<string[]>;
}

/** Starts an account that answers as fast as it can; its time stands still on 2026-05-03 00:00 UTC. */
export async function openExtractBench(warehouse: Warehouse): Promise<ExtractBench> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(await temporaryFolder());
  const sandbox = opened.use(serveSandbox({
    start: "2026-05-03T00:00:00Z",
    switches: { requestsPerSecond: null },
  }));
  sandbox.clock.freeze();
  const account = await createRentalAccount(sandbox.fetch, sandbox.token);
  sandbox.requests.clear();
  const config = configOf(sandbox.url, sandbox.token, folder.path);
  const all = opened.move();
  return {
    sandbox,
    account,
    config,
    run: (dag, changes = {}) => runDag(dag, { ...runOptions(warehouse), config, ...changes }),
    dryRun: (dag) => dryRunDag(dag, { ...runOptions(warehouse), config }),
    listSnapshots: () => listAll(join(folder.path, "snapshots")),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** AMO_RPS has its limit for the real amoCRM's sake; a test does not have to wait. */
function configOf(url: string, token: string, dataDir: string): Config {
  const config = readConfig({ AMO_BASE_URL: url, AMO_TOKEN: token, DATA_DIR: dataDir });
  if (!config.amo) throw new Error("Cannot configure a test: found no account");
  return { ...config, amo: { ...config.amo, requestsPerSecond: 1000 } };
}

/** The same settings with another token. */
export function withToken(config: Config, token: string): Config {
  return config.amo ? { ...config, amo: { ...config.amo, token } } : config;
}

async function listAll(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (isDirectory) names.push(...(await listAll(join(path, name))).map((n) => `${name}/${n}`));
      else names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names;
}

/** Runs a DAG that must fail and returns the run log and the error of the first task. */
export async function runToFailure(
  bench: ExtractBench,
  warehouse: Warehouse,
  dag: Dag,
  changes: Partial<RunOptions> = {},
): Promise<{ readonly status: string; readonly error: string | null; readonly runs: unknown[] }> {
  const outcome = await bench.run(dag, changes);
  const error = outcome.tasks[0]?.error ?? null;
  return { status: outcome.status, error, runs: await listRuns(warehouse) };
}
