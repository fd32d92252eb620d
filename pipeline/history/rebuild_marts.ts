import type { TransactionSql } from "postgres";
import { z } from "zod";
import type { Config } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import { targetOf, taskParameters } from "../../lib/dag/sql_task.ts";
import type { ReportProgress } from "../../lib/log/live_progress.ts";
import {
  querySqlFile,
  runSqlFile,
  runSqlFiles,
  type SqlParameters,
} from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** How a table of the marts differs from the same table built from nothing. */
export interface MartDifference {
  readonly table: string;
  /** Rows that should be there and are not, and that are there and should not be; a wrong row is in both. */
  readonly missing: number;
  readonly surplus: number;
}

/** What a rebuild of the marts has found. */
export interface RebuiltMarts {
  /** The date that the marts stand for, YYYY-MM-DD. */
  readonly date: string;
  readonly differences: readonly MartDifference[];
}

const dates = z.object({ logical_date: z.string().nullable() });
const differenceRows = z.array(
  z.object({ table_name: z.string(), missing: z.number(), surplus: z.number() }),
);

/**
 * Builds every mart from nothing, for the date that they stand for, in one transaction, and says what differed; null
 * where they were never built. First they are brought up to date as a run does it, so that what is merely due is no
 * difference. It is rolled back in a dry run, and where nothing differs.
 */
export async function rebuildMarts(
  warehouse: Warehouse,
  dags: readonly Dag[],
  config: Config,
  dryRun: boolean,
  report: ReportProgress = () => {},
): Promise<RebuiltMarts | null> {
  const rollback = new Error("Rolled back because nothing is to be written");
  const found: RebuiltMarts[] = [];
  try {
    await warehouse.sql.begin(async (tx) => {
      const { logical_date: date } = dates.parse(await runSqlFile(tx, "dm/rebuild/lock_marts.sql"));
      if (date === null) throw rollback;
      const differences = await replace(tx, findDag(dags, "daily_build_dm"), config, date, report);
      found.push({ date, differences });
      if (dryRun || differences.length === 0) throw rollback;
    });
  } catch (error) {
    if (error !== rollback) throw error;
  }
  return found[0] ?? null;
}

async function replace(
  tx: TransactionSql,
  dag: Dag,
  config: Config,
  date: string,
  report: ReportProgress,
): Promise<readonly MartDifference[]> {
  const logicalDate = Temporal.PlainDate.from(date);
  const parameters = taskParameters({ config, logicalDate, runId: crypto.randomUUID() });
  await buildMarts(tx, dag, parameters, report);
  await runSqlFile(tx, "dm/rebuild/keep_rows.sql");
  await runSqlFile(tx, "dm/rebuild/forget_marts.sql");
  await buildMarts(tx, dag, parameters, report);
  await runSqlFile(tx, "dm/rebuild/compare_rows.sql");
  const rows = differenceRows.parse([
    ...await querySqlFile(tx, "dm/rebuild/list_differences.sql", []),
  ]);
  return rows.map(({ table_name: table, missing, surplus }) => ({ table, missing, surplus }));
}

/** Runs every task of the DAG as a run does, but all in one transaction. */
async function buildMarts(
  tx: TransactionSql,
  dag: Dag,
  parameters: SqlParameters,
  report: ReportProgress,
): Promise<void> {
  for (const { id, sqlFiles = [] } of dag.tasks) {
    report(dag.id, id, "builds");
    try {
      await runSqlFiles(tx, sqlFiles, { ...parameters, target: targetOf(id) });
      // The next task makes its own under the same names.
      await runSqlFile(tx, "dm/rebuild/drop_task_tables.sql");
    } finally {
      report(dag.id, id, null);
    }
  }
}

/** "marts: 2 rows of dm.revenue_day are missing or wrong, 1 too many or wrong", a line for each table. */
export function describeMarts(rebuilt: RebuiltMarts | null): string {
  if (rebuilt === null) return "marts: they were never built, so there is nothing to build anew";
  const { date, differences } = rebuilt;
  if (differences.length === 0) {
    return `marts: they are what the facts say, as of the date ${date}`;
  }
  const count = (rows: number) => `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`;
  return [
    `marts: built from nothing as of the date ${date}, ${
      differences.length === 1 ? "1 table differs" : `${differences.length} tables differ`
    } (a wrong row counts in both)`,
    ...differences.map(({ table, missing, surplus }) =>
      `  ${table}: ${count(missing)} missing, ${count(surplus)} too many`
    ),
  ].join("\n");
}
