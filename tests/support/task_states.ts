import type { TaskState } from "../../lib/run_log/task_states.ts";

/** How a task stands on 2026-05-03 unless changed: succeeded, or as `status` says. */
export function stateOf(
  dagId: string,
  taskId: string,
  changes: Partial<TaskState> = {},
): TaskState {
  return {
    logical_date: "2026-05-03",
    dag_id: dagId,
    task_id: taskId,
    attempt: 1,
    status: "success",
    reason: null,
    worker: "etl-1.42.abcdef",
    error: null,
    worker_deaths: changes.reason === "worker_died" ? 1 : 0,
    rows_read: null,
    rows_written: null,
    metrics: null,
    has_success: changes.status === undefined,
    started_at: new Date("2026-05-03T00:00:01Z"),
    ...changes,
  };
}
