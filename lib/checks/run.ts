import type { TransactionSql } from "postgres";
import { z } from "zod";
import { readSqlFile, runSqlFile, setParameters, toSqlFileError } from "../warehouse/sql_file.ts";
import type { Check, Severity } from "./file.ts";

/** A row that breaks a rule. */
export interface Offender {
  /** Of a lead, client or car, unless the check says otherwise. */
  readonly id: string;
  /** What is wrong with it, without personal data. */
  readonly detail: string;
}

/** What a check found in one table; no offender means that it passed. */
export interface CheckResult {
  readonly check: string;
  readonly table: string;
  readonly severity: Severity;
  readonly offenders: number;
  /** A few of the offenders, lowest ids first. */
  readonly sample: readonly Offender[];
}

/** How many offenders a sample has, unless somebody asks for more. */
export const SAMPLE_SIZE = 5;

const offenderRows = z.array(
  z.object({ id: z.string(), detail: z.string(), offenders: z.number() }),
);

/** A check on one of its tables. */
export interface DueCheck {
  readonly check: Check;
  readonly table: string;
}

/** Each check once for each of its tables; with `taskId` for those alone that this task fills. */
export function listDue(checks: readonly Check[], taskId?: string): DueCheck[] {
  return checks.flatMap((check) =>
    check.tables.filter(({ task }) => taskId === undefined || task === taskId)
      .map(({ table }) => ({ check, table }))
  );
}

/**
 * Runs checks one after the other, in a transaction that has the parameters of tasks, `rows_read`, and
 * the temporary tables of sql/ops/scope_*.sql, which say at what records to look. All are sent at once. Throws
 * `SqlFileError`.
 */
export async function runChecks(
  tx: TransactionSql,
  due: readonly DueCheck[],
  sampleSize: number = SAMPLE_SIZE,
): Promise<CheckResult[]> {
  const texts = await Promise.all(due.map(({ check }) => countOffenders(check.path, sampleSize)));
  return await Promise.all(due.map(async ({ check, table }, i) => {
    // Most tasks fill one table, so it is said once.
    const said = table === due[i - 1]?.table ? [] : [setParameters(tx, { checked_table: table })];
    const [rows] = await Promise.all([selectSample(tx, check.path, texts[i] ?? ""), ...said]);
    return {
      check: check.name,
      table,
      severity: check.severity,
      offenders: rows[0]?.offenders ?? 0,
      sample: rows.map(({ id, detail }) => ({ id, detail })),
    };
  }));
}

/** Counts in the database, because a rule that is broken everywhere has as many offenders as rows. */
async function countOffenders(path: string, sampleSize: number): Promise<string> {
  const text = (await readSqlFile(path)).trimEnd().replace(/;$/, "");
  // No line break before the text: the lines of an error stay those of the file. No parameter either: its type would
  // be asked for before each check.
  return `select id::text as id, detail, count(*) over () as offenders from (${text}\n) as offender ` +
    `order by length(id::text), id::text, detail limit ${Math.trunc(sampleSize)}`;
}

async function selectSample(tx: TransactionSql, path: string, text: string) {
  try {
    // Sent right here, not when it is awaited: in the order of the calls.
    return offenderRows.parse([...await tx.unsafe(text).execute()]);
  } catch (error) {
    throw toSqlFileError(error, path, text);
  }
}

/** Keeps what the checks of a task found, passed and failed ones alike, in ops.check_result. */
export async function saveCheckResults(
  tx: TransactionSql,
  runId: string,
  taskId: string,
  results: readonly CheckResult[],
): Promise<void> {
  const rows = results.map(({ check, table, severity, offenders, sample }) => ({
    check_name: check,
    table_name: table,
    severity,
    offenders,
    sample,
  }));
  await runSqlFile(tx, "ops/save_check_results.sql", {
    check_results: JSON.stringify(rows),
    run_id: runId,
    task_id: taskId,
  });
}
