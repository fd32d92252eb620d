import type { TransactionSql } from "postgres";
import type { TaskContext, TaskResult } from "../dag/dag.ts";
import { taskParameters } from "../dag/sql_task.ts";
import type { Metrics } from "../warehouse/sql_file.ts";
import { type Check, readChecks } from "./file.ts";
import { type CheckResult, listDue, runChecks, saveCheckResults } from "./run.ts";
import { scopeChanges, scopeSuspects } from "./scope.ts";

/** Checks of severity `error` found offenders: the rows of the task must not stay. */
export class CheckError extends Error {
  override readonly name = "CheckError";

  constructor(readonly taskId: string, readonly results: readonly CheckResult[]) {
    super(describe(taskId, results.filter(isError)));
  }
}

/**
 * Runs the checks of a task in the transaction that has just written its rows, and keeps their results there. A check
 * that looks at changed records alone passes unread when the task has changed none. What a `warn` finds is added to
 * the metrics as `warning_<check>`.
 *
 * Throws `CheckError` when an `error` finds anything: the transaction must then be rolled back, and the
 * results, which go with it, be saved again.
 */
export async function passChecks(
  tx: TransactionSql,
  taskId: string,
  context: TaskContext,
  result: TaskResult,
): Promise<TaskResult> {
  const due = listDue(await readChecks(), taskId);
  if (due.length === 0) return result;
  const changed = await scopeChanges(tx, due, {
    ...taskParameters(context),
    rows_read: result.rowsRead === undefined ? "" : String(result.rowsRead),
    is_partial_read: String(result.metrics.is_full_scan === 0),
  });
  const idle = due.filter(({ check }) => isIdle(check, changed));
  const awake = due.filter(({ check }) => !isIdle(check, changed));
  await scopeSuspects(tx, awake);
  const results = [
    ...idle.map(({ check, table }) => passed(check, table)),
    ...await runChecks(tx, awake),
  ];
  if (results.some(isError)) throw new CheckError(taskId, results);
  await saveCheckResults(tx, context.runId, taskId, results);
  context.log.debug("{checks} checks passed", { checks: results.length });
  return { ...result, metrics: { ...result.metrics, ...warningsOf(results) } };
}

/** Nothing changed, nothing to look at: a day without changes costs no checks. `changed` is that of `scopeChanges`. */
export function isIdle({ scopes }: Check, changed: Metrics): boolean {
  return scopes.length > 0 && scopes.every((scope) => changed[scope] === 0);
}

function passed({ name, severity }: Check, table: string): CheckResult {
  return { check: name, table, severity, offenders: 0, sample: [] };
}

function isError({ severity, offenders }: CheckResult): boolean {
  return severity === "error" && offenders > 0;
}

function warningsOf(results: readonly CheckResult[]): Record<string, number> {
  const found = results.filter(({ offenders }) => offenders > 0);
  return Object.fromEntries(found.map(({ check, offenders }) => [`warning_${check}`, offenders]));
}

function describe(taskId: string, failed: readonly CheckResult[]): string {
  const files = failed.map(({ check }) => `sql/checks/${check}.sql`);
  return `Cannot finish ${taskId}: ${
    describeOffenders(failed)
  }, expected none: nothing was written, ` +
    `ops.check_result has a sample and ${files.join(", ")} the reason`;
}

/** "history_overlaps found 2 in ods.ods_leads_hist (id 7, 9: …)", for each check that found any. */
export function describeOffenders(failed: readonly CheckResult[]): string {
  return failed.map(({ check, table, offenders, sample }) => {
    const ids = [...new Set(sample.map(({ id }) => id))].join(", ");
    const more = offenders > sample.length ? ", …" : "";
    // The first offender's own words: the numbers and the setting that they were held against.
    const [first] = sample;
    return `${check} found ${offenders} in ${table} (id ${ids}${more}` +
      `${first ? `: ${first.detail}` : ""})`;
  }).join("; ");
}
