import { z } from "zod";
import { type Config, readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { listLogFiles, removeLogFiles } from "../../lib/log/old_files.ts";
import { wholeNumber } from "../../lib/script/command.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { openRunLog } from "../../lib/script/read_only.ts";
import { openSession } from "../../lib/script/session.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { createSubcommand, type Subcommand } from "./subcommand.ts";

/** What is older than it has to be kept. */
export interface OldRuns {
  readonly attempts: number;
  readonly checkResults: number;
  /** Paths on this machine. */
  readonly logFiles: readonly string[];
}

const counts = z.tuple([z.object({ attempts: z.number(), check_results: z.number() })]);
const deleted = z.tuple([z.object({ deleted: z.number() })]);

/** Finds what ended more than `keepDays` days ago, by the clock of the database (of this machine, for files). */
export async function findOldRuns(
  { sql }: Warehouse,
  logDir: string,
  keepDays: number,
): Promise<OldRuns> {
  const [row] = counts.parse([...await querySqlFile(sql, "ops/count_old_runs.sql", [keepDays])]);
  const before = Temporal.Now.instant().subtract({ hours: 24 * keepDays });
  return {
    attempts: row.attempts,
    checkResults: row.check_results,
    logFiles: await listLogFiles(logDir, before),
  };
}

/** Removes that, and returns what was removed. What is under way has not ended, so it stays. */
export async function removeOldRuns(
  { sql }: Warehouse,
  logDir: string,
  keepDays: number,
): Promise<OldRuns> {
  const rows = await sql.begin(async (tx) => {
    const count = async (path: string) =>
      deleted.parse([...await querySqlFile(tx, path, [keepDays])])[0].deleted;
    return {
      attempts: await count("ops/delete_old_attempts.sql"),
      checkResults: await count("ops/delete_old_check_results.sql"),
    };
  });
  const before = Temporal.Now.instant().subtract({ hours: 24 * keepDays });
  const logFiles = await listLogFiles(logDir, before);
  await removeLogFiles(logFiles);
  return { ...rows, logFiles };
}

/** "1,234 attempts, 5 check results and 67 log files". */
export function describeOldRuns({ attempts, checkResults, logFiles }: OldRuns): string {
  return `${count(attempts, "attempt")}, ${count(checkResults, "check result")} and ` +
    `${count(logFiles.length, "log file")}`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

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
