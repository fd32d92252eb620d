import { z } from "zod";
import { listLogFiles, removeLogFiles } from "../../lib/log/old_files.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

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
