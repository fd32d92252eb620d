import type { TransactionSql } from "postgres";
import { runSqlFile } from "../warehouse/sql_file.ts";
import type { DueCheck } from "./run.ts";

/**
 * Reads once what several checks of a history look at: the versions of changed records and the newest row of each
 * in stg. Needs the tables of changed records, and a transaction that may still create tables.
 */
export async function scopeHistory(
  tx: TransactionSql,
  due: readonly DueCheck[],
): Promise<void> {
  const [history, ...others] = new Set(
    due.map(({ table }) => table).filter((table) => table.startsWith("ods.")),
  );
  if (history === undefined) return;
  const parameters = { scoped_history: others.length === 0 ? history : "everything" };
  await runSqlFile(tx, "ops/scope_history.sql", parameters);
  await runSqlFile(tx, "ops/scope_newest_sights.sql", parameters);
}
