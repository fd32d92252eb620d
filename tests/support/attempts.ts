import type { Attempt } from "../../lib/run_log/attempts.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { DATE } from "./runs.ts";

/** The run of every attempt of a test that does not say otherwise. */
const RUN_ID = "11111111-2222-4333-8444-555555555555";
const WORKER = "etl-1.42.abcdef";

/** A moment of the tests' day in Dubai: `at("04:10")` is 00:10 in UTC. */
export function at(localTime: string, date: string = DATE): Date {
  return new Date(`${date}T${localTime.padEnd(8, ":00")}+04:00`);
}

/** An attempt that began at 04:00 and, when it is over, ended five seconds later. */
export function attemptOf(
  dagId: string,
  taskId: string,
  changes: Partial<Attempt> = {},
): Attempt {
  const status = changes.status ?? "success";
  const started = changes.started_at ?? at("04:00");
  const isActive = status === "running" || status === "waiting";
  return {
    run_id: RUN_ID,
    dag_id: dagId,
    task_id: taskId,
    logical_date: DATE,
    attempt: 1,
    status,
    reason: null,
    worker: WORKER,
    error: null,
    rows_read: null,
    rows_written: null,
    metrics: null,
    seconds: 5,
    silent_s: 2,
    started_at: started,
    finished_at: isActive ? null : new Date(started.getTime() + 5000),
    heartbeat_at: started,
    cancel_requested_at: null,
    ...changes,
  };
}

/** Writes attempts into the run log as they are; `tails` are the last lines of some, by task id. */
export async function insertAttempts(
  { sql }: Warehouse,
  attempts: readonly Attempt[],
  tails: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const { seconds: _seconds, silent_s: _silent, metrics, ...row } of attempts) {
    await sql`
      insert into ops.run_log ${
      sql({
        ...row,
        metrics: metrics === null ? null : JSON.stringify(metrics),
        log_tail: tails[row.task_id] ?? null,
      })
    }
    `;
  }
}
