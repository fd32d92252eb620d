import { readConfig } from "../../lib/config.ts";
import { readsAmo } from "../../lib/script/dag_command.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { startLiveProgress } from "../../lib/log/live_progress.ts";
import { listenForStop } from "../../lib/stop_signal.ts";
import { readAttempts } from "../../lib/run_log/attempts.ts";
import { findOpenDays } from "./backfill.ts";
import { chooseDates, type DateFlags } from "../../lib/script/dates.ts";
import { inRunOrder } from "../../lib/dag/downstream.ts";
import { openRunLog } from "../../lib/runs/open_run_log.ts";
import { paintForStdout } from "./look.ts";
import { dryRunDays } from "../../lib/runner/dry_run.ts";
import { formatPlan } from "../../lib/runs/plan_text.ts";
import { createSubcommand, type Subcommand } from "./subcommand.ts";

/** `runs plan`: what would run, what would be pulled, and what that would change. */
export const planCommand: Subcommand = (dags, act) =>
  createSubcommand("plan", "Shows what would run, and what it would change, and writes nothing", [
    "plan",
    "plan --date 2026-05-03",
    "plan --from 2026-05-01 --to 2026-05-03",
  ])
    .option("--date <date>", "logical date: YYYY-MM-DD, today or yesterday (default: today)")
    .option("--from <date>", "the first of several dates")
    .option("--to <date>", "the last of them (default: today)")
    .action(act(async (flags: DateFlags) => {
      const dates = chooseDates(flags, readConfig(undefined, { amo: false }).businessTz);
      const config = readConfig(undefined, { amo: dags.some(readsAmo) });
      using progress = startLiveProgress();
      using stop = listenForStop();
      await using warehouse = await openRunLog(config, progress.writeLine);
      const attempts = await readAttempts(warehouse.sql, {
        from: String(dates[0]),
        to: String(dates.at(-1)),
      });
      const days = await dryRunDays(findOpenDays(inRunOrder(dags), dates, attempts), {
        warehouse,
        config,
        report: progress.report,
        signal: stop.signal,
      });
      console.log(formatPlan(days, dags, paintForStdout()));
      const isGood = days.every(({ outcomes }) =>
        outcomes.every(({ status }) => status === "dry run")
      );
      return isGood ? EXIT_CODE.done : EXIT_CODE.failed;
    }));
