import type { ISql } from "postgres";
import { DATE } from "./runs.ts";

/** One row of the run log; what is not said is that of a failed task of `DATE`. */
export interface AttemptRow {
  readonly dag?: string;
  readonly task?: string;
  readonly date?: string;
  readonly attempt?: number;
  readonly status?: "waiting" | "running" | "success" | "failed" | "upstream_failed";
  readonly reason?: string | null;
  readonly error?: string | null;
  /** An attempt lasts a minute. */
  readonly finishedAt?: string;
  readonly rowsRead?: number;
  readonly rowsWritten?: number;
  /** Null, as by default: from before staleness was known. */
  readonly waitsFor?: readonly string[] | null;
  readonly metrics?: Readonly<Record<string, number | string>>;
}

/** Writes an attempt into the run log as a worker would have left it. */
export async function addAttempt(sql: ISql, row: AttemptRow = {}): Promise<void> {
  const { status = "failed", finishedAt = "2026-05-03T00:03:00Z" } = row;
  const isOver = status !== "waiting" && status !== "running";
  const isFailed = status === "failed";
  await sql`
    insert into ops.run_log (
      run_id, dag_id, task_id, logical_date, attempt, status, reason, error, worker,
      started_at, finished_at, rows_read, rows_written, metrics, waits_for
    )
    values (
      gen_random_uuid(), ${row.dag ?? "leads"}, ${row.task ?? "load"}, ${row.date ?? DATE},
      ${row.attempt ?? 1}, ${status},
      ${row.reason === undefined && isFailed ? "error" : row.reason ?? null},
      ${row.error === undefined && isFailed ? "no network" : row.error ?? null},
      'etl-1.42.abcdef', ${finishedAt}::timestamptz - interval '1 minute',
      ${isOver ? finishedAt : null}, ${row.rowsRead ?? null}, ${row.rowsWritten ?? null},
      ${row.metrics ? JSON.stringify(row.metrics) : null}::jsonb,
      ${row.waitsFor ? JSON.stringify(row.waitsFor) : null}::jsonb
    )
  `;
}

/** "dag of date" of each incident, with "open" or the time of its end, oldest first. */
export async function listIncidents(sql: ISql): Promise<string[]> {
  const rows = await sql`
    select dag_id, logical_date, closed_at from ops.incident order by opened_at, incident_id
  `;
  return rows.map(({ dag_id, logical_date, closed_at }) =>
    `${dag_id} of ${logical_date}: ${
      closed_at instanceof Date ? `closed ${closed_at.toISOString()}` : "open"
    }`
  );
}
