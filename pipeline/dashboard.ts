// Reads:  every layer of the warehouse, and ops.run_log
// Writes: nothing, but what the buttons on the pages of runs start, which are there with DASHBOARD_TOKEN alone
// When:   as long as people look at it
// Try:    deno task dashboard --port 8601
import { Option } from "commander";
import { type Config, readConfig } from "../lib/config.ts";
import { withSetSchedules } from "../lib/dag/scheduled_dags.ts";
import { createPages } from "../lib/dashboard/pages/pages.ts";
import { serveSite } from "../lib/dashboard/serve.ts";
import type { RunActions } from "../lib/dashboard/site_options.ts";
import { LockedError } from "../lib/file_lock.ts";
import { SILENT_AFTER_S } from "../lib/run_log/claims.ts";
import { startWorker } from "../lib/run_log/worker.ts";
import { createCommand, runMain, wholeNumber } from "../lib/script/command.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { openMigratedWarehouse } from "../lib/script/read_only.ts";
import { checkBusinessIfReadable } from "../lib/warehouse/business.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { listenForStop, untilStopped } from "../lib/stop_signal.ts";
import { dags } from "./daily.ts";
import { createRunActions } from "./dashboard/run_actions.ts";

interface DashboardFlags {
  readonly port?: number;
  readonly host?: string;
}

const DESCRIPTION =
  `Serves the pages that people look at, until Ctrl+C. On the embedded warehouse, which
one process has open at a time, let the scheduler serve them: DASHBOARD_PORT=8600 deno task scheduler`;

/** Serves the site until SIGINT or SIGTERM. */
export async function main(args: readonly string[]): Promise<number> {
  const { port, host } = createCommand("dashboard", DESCRIPTION, [
    "deno task dashboard",
    "deno task dashboard --port 8601",
  ])
    .addOption(
      new Option(
        "--port <number>",
        "port; 0 takes any free one (default: DASHBOARD_PORT, else 8600)",
      )
        .argParser(wholeNumber(0, 65_535)),
    )
    .option("--host <address>", "address to listen on (default: DASHBOARD_HOST, else 127.0.0.1)")
    .parse(args, { from: "user" })
    .opts<DashboardFlags>();
  const config = readConfig(undefined, { amo: false });
  await using warehouse = await openForPages(config);
  await checkBusinessIfReadable(warehouse, config);
  using stop = listenForStop();
  await using started = new AsyncDisposableStack();
  let actions: RunActions | null = null;
  if (config.dashboardToken !== null) {
    const worker = started.use(startWorker(config.dataDir));
    actions = started.use(createRunActions({ config, warehouse, worker }, dags)).actions;
  }
  // One array for both: they share what the files of sql/ say of it.
  const scheduled = withSetSchedules(dags, config);
  await using site = serveSite({
    config,
    warehouse,
    dags: scheduled,
    actions,
    pages: createPages({
      dags: scheduled,
      silentAfterS: warehouse.kind === "embedded" ? 0 : SILENT_AFTER_S,
      logDir: config.logDir,
      freshnessHours: config.freshnessHours,
    }),
    ...port === undefined ? {} : { port },
    ...host === undefined ? {} : { host },
  });
  console.log(`Serving ${site.url} (Ctrl+C ends it)`);
  await untilStopped(stop.signal);
  return EXIT_CODE.done;
}

/** What has the embedded warehouse open may go on for ever, so the way to look meanwhile is named. */
async function openForPages(config: Config): Promise<Warehouse> {
  try {
    return await openMigratedWarehouse(config);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new LockedError(
      `${error.message}, or end it; a scheduler serves these pages itself where DASHBOARD_PORT is set`,
      { cause: error },
    );
  }
}

if (import.meta.main) await runMain(() => main(Deno.args));
