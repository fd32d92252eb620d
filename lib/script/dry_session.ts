import type { Config } from "../config.ts";
import type { Dag } from "../dag/dag.ts";
import { inRunOrder } from "../dag/downstream.ts";
import { canReadInFull } from "../dag/full.ts";
import { type ReportProgress, startLiveProgress } from "../log/live_progress.ts";
import { configureLogging } from "../log/logging.ts";
import { findOpenDays } from "../run_log/open_days.ts";
import { dryRunDays, readStatesBefore } from "../runner/dry_run.ts";
import { listenForStop } from "../stop_signal.ts";
import { checkBusiness } from "../warehouse/business.ts";
import { listPending, migrate } from "../warehouse/migrations.ts";
import { openMemoryWarehouse, openWarehouse } from "../warehouse/open.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import { requireDataDir } from "./data_dir.ts";
import { EXIT_CODE } from "./exit_code.ts";
import { paintForStdout } from "./look.ts";
import { formatPlan } from "./plan_table.ts";
import { hasEmbeddedWarehouse } from "./read_only.ts";

/** Everything a dry run works with; when it is disposed, all is as it was before. */
export interface DrySession extends AsyncDisposable {
  /** With a temporary folder in the place of `DATA_DIR`. */
  readonly config: Config;
  readonly warehouse: Warehouse;
  readonly report: ReportProgress;
  /** As of `StopSignal`. */
  readonly signal: AbortSignal;
}

/**
 * Starts the log and opens the warehouse as it is, or one in memory where there is no embedded one yet: migrates
 * nothing, registers no worker, and makes no folder that stays.
 */
export async function openDrySession(config: Config): Promise<DrySession> {
  requireDataDir(config.dataDir);
  const isThere = config.pg !== null || hasEmbeddedWarehouse(config.dataDir);
  await using opened = new AsyncDisposableStack();
  const progress = opened.use(startLiveProgress());
  await configureLogging(config, progress.writeLine);
  const warehouse = opened.use(await (isThere ? openWarehouse(config) : openMemoryWarehouse()));
  if (!isThere) await migrate(warehouse);
  // A warehouse of an older version may not know yet what it was filled with.
  if ((await listPending(warehouse)).length === 0) await checkBusiness(warehouse, config);
  const folder = opened.use(makeTemporaryFolder(config.dataDir));
  const stop = opened.use(listenForStop());
  const all = opened.move();
  return {
    config: { ...config, dataDir: folder.path },
    warehouse,
    report: progress.report,
    signal: stop.signal,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Below `DATA_DIR`, the one place where this program may write; that goes too when it was not there. */
function makeTemporaryFolder(dataDir: string): Disposable & { readonly path: string } {
  const isNew = !isFolder(dataDir);
  Deno.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = Deno.makeTempDirSync({ dir: dataDir, prefix: "dry_run_" });
  return {
    path,
    [Symbol.dispose]: () => {
      Deno.removeSync(path, { recursive: true });
      // Another process may have put something there meanwhile.
      if (isNew && [...Deno.readDirSync(dataDir)].length === 0) Deno.removeSync(dataDir);
    },
  };
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What a dry run takes in beside what is open. */
export interface DryRunFlags {
  /** All of the chosen DAGs, although they have succeeded. */
  readonly force?: boolean;
  /** Those that otherwise read only what changed read everything, although they have succeeded. */
  readonly full?: boolean;
  /** Records are marked as deleted however many they are. */
  readonly acceptDeletes?: boolean;
  /** A required column may lose its last value. */
  readonly acceptEmptied?: boolean;
}

/**
 * Shows what a run of these DAGs for some dates would do, which leaves nothing behind, and returns the exit code:
 * 1 when a task would fail.
 */
export async function showDryRun(
  dags: readonly Dag[],
  dates: readonly Temporal.PlainDate[],
  config: Config,
  { force = false, full = false, acceptDeletes = false, acceptEmptied = false }: DryRunFlags = {},
): Promise<number> {
  await using session = await openDrySession(config);
  const ordered = inRunOrder(dags);
  const days = force ? dates.map((date) => ({ date, dags: ordered })) : findOpenDays(
    ordered,
    dates,
    await readStatesBefore(session.warehouse, dates),
    full ? ordered.filter(canReadInFull).map(({ id }) => id) : [],
  );
  const planned = await dryRunDays(days, { ...session, full, acceptDeletes, acceptEmptied });
  console.log(formatPlan(planned, dags, paintForStdout(), full));
  const isGood = planned.every(({ outcomes }) =>
    outcomes.every(({ status }) => status === "dry run")
  );
  return isGood ? EXIT_CODE.done : EXIT_CODE.failed;
}
