import { readConfig } from "../../lib/config.ts";
import type { DagOutcome } from "../../lib/dag/outcome.ts";
import { startWorker } from "../../lib/run_log/worker.ts";
import { runDaily } from "../../lib/runner/daily_run.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dags } from "../../pipeline/daily.ts";

/** Runs DAGs over a warehouse in this process, one after the other, as `daily` does side by side. */
export interface Pipeline extends Disposable {
  run(dagId: string, logicalDate: Temporal.PlainDate, isFull: boolean): Promise<DagOutcome>;
}

/** Every DAG of a day, in its order. */
export const DAG_IDS: readonly string[] = dags.map(({ id }) => id);

export function openPipeline(
  warehouse: Warehouse,
  address: { readonly url: string; readonly token: string },
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Pipeline {
  const read = readConfig({
    AMO_BASE_URL: address.url,
    AMO_TOKEN: address.token,
    DATA_DIR: dataDir,
    RETRY_DELAY_S: "0",
    ...settings,
  });
  // Pacing is not what a world is about, and 50 a second would be most of its time.
  const config = { ...read, amo: read.amo && { ...read.amo, requestsPerSecond: 100_000 } };
  const worker = startWorker(dataDir);
  return {
    async run(dagId, logicalDate, isFull) {
      const chosen = dags.filter(({ id }) => id === dagId);
      const options = { warehouse, config, worker, logicalDate, full: isFull };
      const [outcome] = await runDaily(dags, options, chosen);
      if (outcome === undefined) throw new Error(`There is no DAG ${dagId}`);
      return outcome;
    },
    [Symbol.dispose]: () => worker[Symbol.dispose](),
  };
}
