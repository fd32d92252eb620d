import { wholeNumber } from "../../command.ts";
import { readConfig } from "../../config.ts";
import { EXIT_CODE } from "../../exit_code.ts";
import { openSession } from "../../session.ts";
import { openRunLog } from "../open_run_log.ts";
import { describeOldRuns, findOldRuns, removeOldRuns } from "../prune.ts";
import { createSubcommand, type Subcommand } from "../subcommand.ts";

interface PruneFlags {
  readonly keepDays: number;
  readonly yes?: boolean;
}

/** `runs prune`: removes what of the run log is old. */
export const pruneCommand: Subcommand = (_dags, act) =>
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
