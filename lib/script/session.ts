import { type Config, ConfigError, readConfig } from "../config.ts";
import { requireDataDir } from "./data_dir.ts";
import { startLiveProgress } from "../log/live_progress.ts";
import { configureLogging } from "../log/logging.ts";
import { migrate } from "../warehouse/migrations.ts";
import type { ReportProgress } from "../runner/run.ts";
import { listenForStop } from "../stop_signal.ts";
import { openWarehouse, type Warehouse } from "../warehouse/warehouse.ts";
import { startWorker, type Worker } from "../run_log/worker.ts";

/** Everything a command that runs DAGs works with; `await using` closes it. */
export interface Session extends AsyncDisposable {
  readonly config: Config;
  readonly warehouse: Warehouse;
  readonly worker: Worker;
  readonly report: ReportProgress;
  /** As of `StopSignal`. */
  readonly signal: AbortSignal;
}

/** Reads the settings, starts the log and opens the migrated warehouse. */
export async function openSession(
  needs: { readonly amo: boolean },
  config: Config = readConfig(undefined, needs),
): Promise<Session> {
  requireDataDir(config.dataDir);
  await using opened = new AsyncDisposableStack();
  const progress = opened.use(startLiveProgress());
  await configureLogging(config, progress.writeLine);
  const warehouse = opened.use(await openWarehouse(config));
  await migrate(warehouse);
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

/** The date of `--date`, or today in the business time zone. Throws `ConfigError`. */
export function chooseDate(text: string | undefined, timeZone: string): Temporal.PlainDate {
  if (text === undefined) return Temporal.Now.plainDateISO(timeZone);
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
      return Temporal.PlainDate.from(text, { overflow: "reject" });
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new ConfigError(`Cannot use the date "${text}": expected a day like 2026-05-03`);
}
