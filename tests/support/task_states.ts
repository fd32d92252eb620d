import type { Attempt } from "../../lib/run_log/attempts.ts";
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
    run_id: "11111111-2222-4333-8444-555555555555",
    attempts: 1,
    waits_for: null,
    newer_upstream: null,
    is_stale: false,
    silent_s: 2,
    first_started_at: new Date("2026-05-03T00:00:01Z"),
    finished_at: null,
    heartbeat_at: new Date("2026-05-03T00:00:01Z"),
    cancel_requested_at: null,
    succeeded_at: null,
    newer_upstream_at: null,
    worker_deaths: changes.reason === "worker_died" ? 1 : 0,
    rows_read: null,
    rows_written: null,
    metrics: null,
    has_success: changes.status === undefined,
    started_at: new Date("2026-05-03T00:00:01Z"),
    ...changes,
  };
}

/** How the tasks of these attempts stand, for tests of what is made of that; the view itself has its own. */
export function statesOf(attempts: readonly Attempt[]): TaskState[] {
  const byTask = Map.groupBy(
    attempts,
    (one) => `${one.dag_id}.${one.task_id} ${one.logical_date}`,
  );
  return [...byTask.values()].map((ofTask) => {
    const [latest, ...before] = ofTask.toSorted((a, b) => b.attempt - a.attempt);
    if (!latest) throw new Error("Expected an attempt");
    const mark = latest.reason === "marked" && latest.status === "failed";
    const success = mark
      ? undefined
      : [latest, ...before].find(({ status }) => status === "success");
    return {
      ...stateOf(latest.dag_id, latest.task_id),
      ...latest,
      attempts: ofTask.length,
      first_started_at: ofTask.map(({ started_at }) => started_at).sort((a, b) => +a - +b)[0] ??
        latest.started_at,
      worker_deaths: ofTask.filter(({ reason }) => reason === "worker_died").length,
      has_success: success !== undefined,
      succeeded_at: success?.finished_at ?? null,
    };
  });
}
