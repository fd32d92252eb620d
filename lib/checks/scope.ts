import type { TransactionSql } from "postgres";
import { readSqlFile, runSqlFile } from "../warehouse/sql_file.ts";
import type { DueCheck } from "./run.ts";

/** Whether any of the checks names a table of ops/scope_changes.sql: where none does, none has to be made. */
export async function lookAtChanges(due: readonly DueCheck[]): Promise<boolean> {
  const scope = await readSqlFile("ops/scope_changes.sql");
  const tables = [...scope.matchAll(/^create temporary table if not exists (\w+)/gm)]
    .map(([, table = ""]) => table);
  for (const { check: { path, scopes }, table } of due) {
    // Of a history the changed records are read before its checks, by those tables.
    if (scopes.length > 0 || table.startsWith("ods.")) return true;
    const text = await readSqlFile(path);
    if (tables.some((one) => text.includes(one))) return true;
  }
  return false;
}

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
