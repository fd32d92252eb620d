import type { ISql } from "postgres";
import { z } from "zod";
import { querySqlFile, type SqlValues } from "../warehouse/sql_file.ts";
import { withoutControls } from "./attempts.ts";

const text = z.string().transform(withoutControls);

const taskStates = z.array(z.object({
  logical_date: z.string(),
  dag_id: z.string(),
  task_id: z.string(),
  run_id: z.string(),
  attempt: z.number(),
  attempts: z.number(),
  status: z.enum(["waiting", "running", "success", "failed", "upstream_failed", "skipped"]),
  reason: z.string().nullable(),
  worker: text,
  error: text.nullable(),
  worker_deaths: z.number(),
  rows_read: z.number().nullable(),
  rows_written: z.number().nullable(),
  metrics: z.record(z.string(), z.union([z.number(), z.string(), z.null()])).nullable(),
  waits_for: z.array(z.string()).nullable(),
  newer_upstream: z.string().nullable(),
  has_success: z.boolean(),
  is_stale: z.boolean(),
  /** Seconds since the last sign of life, by the clock of the database. */
  silent_s: z.number(),
  first_started_at: z.date(),
  started_at: z.date(),
  finished_at: z.date().nullable(),
  heartbeat_at: z.date(),
  cancel_requested_at: z.date().nullable(),
  succeeded_at: z.date().nullable(),
  newer_upstream_at: z.date().nullable(),
}));

/** How a task stands for a date, as `ops.task_state` says: its columns are explained there. */
export type TaskState = z.infer<typeof taskStates>[number];

/** How every task that was ever tried stands for each date from one to another, by default for one date. */
export async function readTaskStates(
  sql: ISql,
  fromDate: string,
  toDate: string = fromDate,
): Promise<TaskState[]> {
  return await listStates(sql, [fromDate, toDate, null]);
}

/** The same of the tasks of some DAGs for one date, which costs no more than they are. */
export async function readStatesOfDags(
  sql: ISql,
  date: string,
  dagIds: readonly string[],
): Promise<TaskState[]> {
  return await listStates(sql, [date, date, JSON.stringify(dagIds)]);
}

async function listStates(sql: ISql, values: SqlValues): Promise<TaskState[]> {
  const rows = await querySqlFile(sql, "ops/list_task_states.sql", values);
  return taskStates.parse([...rows]);
}

/** Whether a worker holds it: it waits or runs. */
export function isActive({ status }: Pick<TaskState, "status">): boolean {
  return status === "waiting" || status === "running";
}

/** Whether nothing is to be done about a task: it has a success, and that is not stale. */
export function isSettled(state: TaskState | null): boolean {
  return state !== null && state.has_success && !state.is_stale;
}
