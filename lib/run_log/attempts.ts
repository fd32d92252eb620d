import type { ISql } from "postgres";
import { z } from "zod";
import { querySqlFile } from "../warehouse/sql_file.ts";

const text = z.string().transform(withoutControls);

const attempts = z.array(z.object({
  run_id: z.string(),
  dag_id: z.string(),
  task_id: z.string(),
  logical_date: z.string(),
  attempt: z.number(),
  status: z.enum(["waiting", "running", "success", "failed", "upstream_failed", "skipped"]),
  reason: z.string().nullable(),
  worker: text,
  error: text.nullable(),
  rows_read: z.number().nullable(),
  rows_written: z.number().nullable(),
  metrics: z.record(z.string(), z.union([z.number(), text, z.null()])).nullable(),
  seconds: z.number(),
  /** Seconds since the last sign of life, by the clock of the database. */
  silent_s: z.number(),
  started_at: z.date(),
  finished_at: z.date().nullable(),
  heartbeat_at: z.date(),
  cancel_requested_at: z.date().nullable(),
}));

/** One row of the run log, fit for a terminal. */
export type Attempt = z.infer<typeof attempts>[number];

/** Every attempt of the dates from one to another (YYYY-MM-DD), in the order of their ends. */
export async function readAttempts(
  sql: ISql,
  range: { readonly from: string; readonly to: string; readonly dagId?: string },
): Promise<Attempt[]> {
  const values = [range.from, range.to, range.dagId ?? null];
  return attempts.parse([...await querySqlFile(sql, "ops/list_attempts.sql", values)]);
}

// deno-lint-ignore no-control-regex -- they are what it is about
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** The text without characters that would move a cursor or change a terminal: line ends and tabs stay. */
export function withoutControls(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(CONTROLS, "\ufffd");
}
