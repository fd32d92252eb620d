import type { ISql } from "postgres";
import { z } from "zod";
import { querySqlFile } from "../warehouse/sql_file.ts";

const metrics = z.record(z.string(), z.union([z.number(), z.string(), z.null()]));

const taskStates = z.array(z.object({
  logical_date: z.string(),
  dag_id: z.string(),
  task_id: z.string(),
  attempt: z.number(),
  status: z.enum(["waiting", "running", "success", "failed", "upstream_failed", "skipped"]),
  reason: z.string().nullable(),
  worker: z.string(),
  error: z.string().nullable(),
  worker_deaths: z.number(),
  rows_read: z.number().nullable(),
  rows_written: z.number().nullable(),
  metrics: metrics.nullable(),
  has_success: z.boolean(),
  started_at: z.date(),
}));

/** How a task stands for a date: its latest attempt, and the numbers of its latest success. */
export type TaskState = z.infer<typeof taskStates>[number];

/** How every task that was ever tried stands for each date from one to another, by default for one date. */
export async function readTaskStates(
  sql: ISql,
  fromDate: string,
  toDate: string = fromDate,
): Promise<TaskState[]> {
  const rows = await querySqlFile(sql, "ops/list_task_states.sql", [fromDate, toDate]);
  return taskStates.parse([...rows]);
}
