import { wholeNumber } from "../../script/command.ts";
import { type Config, readConfig } from "../../config.ts";
import type { Dag } from "../../dag/dag.ts";
import { EXIT_CODE } from "../../script/exit_code.ts";
import { openSession } from "../../script/session.ts";
import { openRunLog } from "../open_run_log.ts";
import { describeOldRuns, findOldRuns, removeOldRuns } from "../../../pipeline/runs/prune.ts";
import { createSubcommand, type Subcommand } from "../../../pipeline/runs/subcommand.ts";

interface PruneFlags {
  readonly keepDays: number;
  readonly yes?: boolean;
}

const RUN_AGAIN =
  "Caution: a scheduler would run dates again whose rows are gone, as CATCHUP is\n" +
  "all and CATCHUP_MAX_DAYS goes back further than that";

/** `runs prune`: removes what of the run log is old. */
export const pruneCommand: Subcommand = (dags, act) =>
  createSubcommand("prune", "Removes old attempts, check results and log files of this machine", [
    "prune --keep-days 365",
    "prune --keep-days 365 --yes",
  ])
    .requiredOption(
      "--keep-days <days>",
      "what ended later than so long ago stays",
      wholeNumber(1, 36_500),
    )
    .option("--yes", "remove it; without, it is only counted")
    .action(act(async ({ keepDays, yes }: PruneFlags) => {
      const config = readConfig(undefined, { amo: false });
      const when = `ended more than ${keepDays} days ago`;
      if (mayRunAgain(dags, config, keepDays)) console.log(RUN_AGAIN);
      if (!yes) {
        await using warehouse = await openRunLog(config);
        const old = describeOldRuns(await findOldRuns(warehouse, config.logDir, keepDays));
        console.log(`${old} ${when}: add --yes to remove them`);
        return EXIT_CODE.done;
      }
      await using session = await openSession({ amo: false }, config);
      const old = describeOldRuns(await removeOldRuns(session.warehouse, config.logDir, keepDays));
      console.log(`Removed ${old} that ${when}`);
      return EXIT_CODE.done;
    }));

/** A date without rows counts as never run, and catching up starts it. */
function mayRunAgain(dags: readonly Dag[], config: Config, keepDays: number): boolean {
  return keepDays < config.catchupMaxDays &&
    dags.some(({ catchup }) => (catchup ?? config.catchup) === "all");
}
