import { type Config, readConfig } from "../config.ts";
import { type ReportProgress, startLiveProgress } from "../log/live_progress.ts";
import { configureLogging } from "../log/logging.ts";
import { startWorker, type Worker } from "../run_log/worker.ts";
import { listenForStop } from "../stop_signal.ts";
import { checkBusiness } from "../warehouse/business.ts";
import { migrate } from "../warehouse/migrations.ts";
import { openWarehouse } from "../warehouse/open.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import { requireDataDir } from "./data_dir.ts";

/** Everything a command that runs DAGs works with; `await using` closes it. */
export interface Session extends AsyncDisposable {
  readonly config: Config;
  readonly warehouse: Warehouse;
  readonly worker: Worker;
  readonly report: ReportProgress;
  /** As of `StopSignal`. */
  readonly signal: AbortSignal;
}

/** Reads the settings, starts the log and opens the migrated warehouse, or the one that `open` opens. */
export async function openSession(
  needs: { readonly amo: boolean },
  config: Config = readConfig(undefined, needs),
  open: (config: Config) => Promise<Warehouse> = openWarehouse,
): Promise<Session> {
  requireDataDir(config.dataDir);
  await using opened = new AsyncDisposableStack();
  const progress = opened.use(startLiveProgress());
  await configureLogging(config, progress.writeLine);
  const warehouse = opened.use(await open(config));
  await migrate(warehouse);
  await checkBusiness(warehouse, config);
  const worker = opened.use(startWorker(config.dataDir));
  const stop = opened.use(listenForStop());
  const all = opened.move();
  return {
    config,
    warehouse,
    worker,
    report: progress.report,
    signal: stop.signal,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
