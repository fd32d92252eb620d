import type { Task, TaskContext, TaskResult } from "./dag.ts";
import { type Metrics, runSqlFiles, type SqlParameters } from "../warehouse/sql_file.ts";

/** Further tries for what another try can cure: a lost connection, a deadlock, a restart of the server. */
export const WAREHOUSE_RETRIES = 2;

/**
 * A task that runs files below sql/ one after the other, in one transaction, e.g.
 * `sqlTask("merge_dim_car", "dds/merge_dim_car.sql")`.
 *
 * A file reads the parameters of `taskParameters`, `target` (the table that the task fills, of `targetOf`) and what
 * the files before it left in temporary tables, and ends with one select of its metrics; the metrics of the task are
 * those of all its files. Metrics named `rows_read` and `rows_written` are also the counts of the run log.
 */
export function sqlTask(id: string, ...sqlFiles: readonly string[]): Task {
  return {
    id,
    sqlFiles,
    retries: WAREHOUSE_RETRIES,
    write: async (tx, context) =>
      toTaskResult(
        await runSqlFiles(tx, sqlFiles, { ...taskParameters(context), target: targetOf(id) }),
      ),
  };
}

/** What a SQL file of a task, so one that several tasks share, reads as `rental.target`: `dim_car` of `merge_dim_car`. */
export function targetOf(taskId: string): string {
  return taskId.slice(taskId.indexOf("_") + 1);
}

/**
 * What every SQL file of a task can read with `current_setting('rental.<name>')`: logical_date
 * (YYYY-MM-DD), run_id (uuid), business_tz, pipeline (name or id), grace_minutes (minutes), weekend_days
 * (ISO weekdays, "6,7"), currency, freshness_hours, max_row_drop_percent,
 * max_horizon_days, cohort_maturity_days.
 */
export function taskParameters(
  context: Pick<TaskContext, "config" | "logicalDate" | "runId">,
): SqlParameters {
  const { config } = context;
  return {
    logical_date: context.logicalDate.toString(),
    run_id: context.runId,
    business_tz: config.businessTz,
    pipeline: config.pipeline,
    grace_minutes: String(config.graceMinutes),
    weekend_days: config.weekendDays.join(","),
    currency: config.currency,
    freshness_hours: String(config.freshnessHours),
    max_row_drop_percent: String(config.maxRowDropPercent),
    max_horizon_days: String(config.maxHorizonDays),
    cohort_maturity_days: String(config.cohortMaturityDays),
  };
}

/** Metrics named `rows_read` and `rows_written` are also the counts of the run log. */
export function toTaskResult(metrics: Metrics): TaskResult {
  const { rows_read: rowsRead, rows_written: rowsWritten } = metrics;
  return {
    ...(typeof rowsRead === "number" ? { rowsRead } : {}),
    ...(typeof rowsWritten === "number" ? { rowsWritten } : {}),
    metrics,
  };
}
