import type { TransactionSql } from "postgres";
import { readSqlFile, runSqlFile, runSqlFiles } from "../warehouse/sql_file.ts";
import type { DueCheck } from "./run.ts";

/** The files that show ops/scope_newest.sql the newest rows of changed records in stg, and their open versions. */
const NEWEST_SIGHTS = [
  ["ods.ods_leads_hist", "ops/scope_newest_leads.sql"],
  ["ods.ods_clients_hist", "ops/scope_newest_clients.sql"],
  ["ods.ods_cars_hist", "ops/scope_newest_cars.sql"],
] as const;

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
 * Reads once what several checks look at, and keeps what one of them may object to: of a history the versions of
 * changed records and the newest row of each in stg, of fleet usage the changed days. Needs the tables of changed
 * records, and a transaction that may still create tables.
 */
export async function scopeSuspects(
  tx: TransactionSql,
  due: readonly DueCheck[],
): Promise<void> {
  const tables = new Set(due.map(({ table }) => table));
  if (tables.has("dds.fact_fleet_usage_day")) await runSqlFile(tx, "ops/scope_days.sql");
  const [history, ...others] = NEWEST_SIGHTS.filter(([table]) => tables.has(table));
  if (history === undefined) return;
  await runSqlFile(tx, "ops/scope_history.sql", {
    scoped_history: others.length === 0 ? history[0] : "everything",
  });
  for (const [, file] of [history, ...others]) {
    await runSqlFiles(tx, [file, "ops/scope_newest.sql"]);
  }
}
