// Reads:  ops.run_log, and the log files below LOG_DIR
// Writes: nothing, but for retry and backfill (what the DAGs write), cancel, mark and prune (the run log)
// When:   by hand: to see what ran, what did not, why, and what now
// Try:    deno task runs --help
import { createCommand, runMain } from "../lib/script/command.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { NoRunLogError } from "../lib/script/read_only.ts";
import { dags } from "./daily.ts";
import { backfillCommand } from "./runs/backfill.ts";
import { cancelCommand } from "./runs/cancel.ts";
import { explainCommand } from "./runs/explain.ts";
import { gridCommand } from "./runs/grid.ts";
import { logsCommand } from "./runs/logs.ts";
import { markCommand } from "./runs/mark.ts";
import { planCommand } from "./runs/plan.ts";
import { pruneCommand } from "./runs/prune.ts";
import { retryCommand } from "./runs/retry.ts";
import { showCommand } from "./runs/show.ts";
import { runSubcommand } from "./runs/subcommand.ts";

const SUBCOMMANDS = [
  gridCommand,
  showCommand,
  logsCommand,
  explainCommand,
  planCommand,
  retryCommand,
  backfillCommand,
  cancelCommand,
  markCommand,
  pruneCommand,
];

/** Runs one subcommand and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const program = createCommand(
    "runs",
    "Shows what ran, what did not, and why; and puts it right",
    [
      "deno task runs",
      "deno task runs explain daily_build_dds_fact 2026-05-03",
      "deno task runs retry daily_amocrm_load_cars 2026-05-03 --downstream",
    ],
  );
  try {
    return await runSubcommand(program, SUBCOMMANDS, dags, args);
  } catch (error) {
    if (!(error instanceof NoRunLogError)) throw error;
    console.log(error.note);
    return EXIT_CODE.done;
  }
}

if (import.meta.main) await runMain(() => main(Deno.args));
