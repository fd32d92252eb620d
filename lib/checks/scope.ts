import type { TransactionSql } from "postgres";
import {
  type Metrics,
  readSqlFile,
  runSqlFiles,
  type SqlParameters,
} from "../warehouse/sql_file.ts";
import type { DueCheck } from "./run.ts";

/** The files that show the others of ops/scope_history the changed records of a history, and their rows in stg. */
const HISTORIES = [
  ["ods.ods_leads_hist", "ops/scope_history/leads.sql", "ops/scope_history/sights/leads.sql"],
  ["ods.ods_clients_hist", "ops/scope_history/clients.sql", "ops/scope_history/sights/clients.sql"],
  ["ods.ods_cars_hist", "ops/scope_history/cars.sql", "ops/scope_history/sights/cars.sql"],
] as const;

const FLEET_USAGE = "dds.fact_fleet_usage_day";

/** The files that read the changed records of a table once for all of its checks. */
const SUSPECTS = new Map<string, string>([
  ...HISTORIES.map(([table, records]) => [table, records] as const),
  [FLEET_USAGE, "ops/scope_days.sql"],
]);

/** The tables of changed records that checks may name, each made by its file in ops/scope_changes. */
const CHANGES = [
  "changed_leads",
  "changed_clients",
  "changed_cars",
  "changed_car_days",
  "dated_leads",
  "changed_rentals",
  "changed_first_statuses",
  "changed_days",
  "suspect_days",
  "listed_rentals",
] as const;

/** Those of the tables of changed records that these checks name, or what reads the changed records before them. */
export async function listChanges(due: readonly DueCheck[]): Promise<string[]> {
  const suspects = due.flatMap(({ table }) => SUSPECTS.get(table) ?? []);
  const paths = new Set([...due.map(({ check }) => check.path), ...suspects]);
  const texts = await Promise.all([...paths].map((path) => readSqlFile(path)));
  return CHANGES.filter((table) => texts.some((text) => text.includes(table)));
}

/**
 * Makes the tables of changed records that these checks name and the task has not left behind: changed_leads,
 * changed_clients, changed_cars or changed_car_days, what it took in, which checks join so that they cost as much as
 * the day's changes, and what is stored of it. Returns 1 for each kind that has any ("leads", …), 0 for the others.
 */
export async function scopeChanges(
  tx: TransactionSql,
  due: readonly DueCheck[],
  parameters: SqlParameters = {},
): Promise<Metrics> {
  const tables = await listChanges(due);
  return await runSqlFiles(
    tx,
    tables.map((table) => `ops/scope_changes/${table}.sql`),
    parameters,
  );
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
  const histories = HISTORIES.filter(([table]) => tables.has(table));
  await runSqlFiles(tx, [
    ...tables.has(FLEET_USAGE) ? ["ops/scope_days.sql"] : [],
    ...histories.length > 0 ? ["ops/scope_history.sql"] : [],
    ...histories.flatMap(([, records, sights]) => [
      records,
      "ops/scope_history/versions.sql",
      // What the newest rows of a history say is looked for only where there is a doubt: on most days there is none.
      sights,
      "ops/scope_history/newest.sql",
      "ops/scope_history/done.sql",
    ]),
  ]);
}
