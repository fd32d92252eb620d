import { z } from "zod";
import { type Config, ConfigError, readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { listLogFiles, removeLogFiles } from "../../lib/log/old_files.ts";
import { freeDeadClaims } from "../../lib/run_log/claims.ts";
import { wholeNumber } from "../../lib/script/command.ts";
import { parseLogicalDate } from "../../lib/script/dates.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { openMigratedWarehouse } from "../../lib/script/read_only.ts";
import { openSession } from "../../lib/script/session.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { describeNewerRuns, findNewerRuns, removeNewerRuns } from "./newer_runs.ts";
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
  readonly keepDays?: number;
  readonly after?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

const RUN_AGAIN =
  "Caution: a scheduler would run dates again whose rows are gone, as CATCHUP is\n" +
  "all and CATCHUP_MAX_DAYS goes back further than that";

/** `runs prune`: removes what of the run log is old, or for dates that should not have been run. */
export const pruneCommand: Subcommand = (dags, act) =>
  createSubcommand("prune", "Removes old attempts, check results and log files of this machine", [
    "prune --keep-days 365",
    "prune --keep-days 365 --yes",
    "prune --after today --yes",
  ])
    .option(
      "--keep-days <days>",
      "keep what ended in the last so many days",
      wholeNumber(1, 36_500),
    )
    .option(
      "--after <date>",
      "instead, remove all runs for dates after this one, as if they never ran",
    )
    .option("--yes", "remove it (without this flag it is only counted)")
    .option("--dry-run", "only count it, as without --yes")
    .action(act(async (flags: PruneFlags) => {
      const config = readConfig(undefined, { amo: false });
      const isWanted = (flags.yes ?? false) && !flags.dryRun;
      if (flags.after === undefined && flags.keepDays !== undefined) {
        return await pruneOld(dags, config, flags.keepDays, isWanted);
      }
      if (flags.after !== undefined && flags.keepDays === undefined) {
        return await pruneNewer(
          dags,
          config,
          parseLogicalDate(flags.after, config.businessTz),
          isWanted,
        );
      }
      throw new ConfigError(
        "Cannot prune without a limit: expected --keep-days, or --after for dates of the future",
      );
    }));

async function pruneOld(
  dags: readonly Dag[],
  config: Config,
  keepDays: number,
  isWanted: boolean,
): Promise<number> {
  const when = `ended more than ${keepDays} days ago`;
  if (mayRunAgain(dags, config, keepDays)) console.log(RUN_AGAIN);
  if (!isWanted) {
    await using warehouse = await openMigratedWarehouse(config);
    const old = describeOldRuns(await findOldRuns(warehouse, config.logDir, keepDays));
    console.log(`${old} ${when}: add --yes to remove them`);
    return EXIT_CODE.done;
  }
  await using session = await openSession({ amo: false }, config);
  const old = describeOldRuns(await removeOldRuns(session.warehouse, config.logDir, keepDays));
  console.log(`Removed ${old} that ${when}`);
  return EXIT_CODE.done;
}

async function pruneNewer(
  dags: readonly Dag[],
  config: Config,
  date: Temporal.PlainDate,
  isWanted: boolean,
): Promise<number> {
  if (!isWanted) {
    await using warehouse = await openMigratedWarehouse(config);
    const found = await findNewerRuns(warehouse.sql, date);
    console.log(
      found.attempts === 0
        ? `There are no runs for dates after ${date}`
        : `${
          describeNewerRuns(found)
        }: add --yes to remove them, and the days of the fleet after ${date}`,
    );
    return EXIT_CODE.done;
  }
  await using session = await openSession({ amo: false }, config);
  await freeDeadClaims(session.warehouse, session.worker);
  const removed = await removeNewerRuns(session.warehouse, dags, config, date);
  if (!removed) {
    console.log(
      `Cannot remove the runs for dates after ${date}: a worker is on one of them, expected nobody:\n` +
        "wait for its end, or stop it with deno task runs cancel",
    );
    return EXIT_CODE.alreadyRunning;
  }
  console.log(
    removed.attempts === 0
      ? `There are no runs for dates after ${date}`
      : `Removed ${describeNewerRuns(removed)}; ` +
        `${removed.fleetDays.toLocaleString("en")} days of cars after ${date} went with them`,
  );
  return EXIT_CODE.done;
}

/** A date without rows counts as never run, and catching up starts it. */
function mayRunAgain(dags: readonly Dag[], config: Config, keepDays: number): boolean {
  return keepDays < config.catchupMaxDays &&
    dags.some(({ catchup }) => (catchup ?? config.catchup) === "all");
}
