import type { Dag } from "../dag/dag.ts";
import type { Attempt } from "./attempts.ts";

/**
 * How a DAG stands for a date. `waiting` and `running` are in the hands of a worker; `partly`: some tasks have
 * succeeded and nobody has tried the others; `none`: nobody has tried any.
 */
export type RunStatus =
  | "success"
  | "failed"
  | "upstream_failed"
  | "running"
  | "waiting"
  | "skipped"
  | "partly"
  | "none";

/** What became of one task of a DAG for a date. */
export interface TaskRun {
  readonly taskId: string;
  /** In their order; none when nobody has tried the task. */
  readonly attempts: readonly Attempt[];
  readonly latest: Attempt | null;
  readonly hasSuccess: boolean;
}

/** What became of a DAG for a date, its tasks in the DAG's order. */
export interface DagRun {
  readonly dagId: string;
  readonly date: string;
  readonly status: RunStatus;
  readonly tasks: readonly TaskRun[];
}

/** Sums up the attempts of a DAG for a date; those of other DAGs and dates do not matter. */
export function dagRunOf(dag: Dag, date: string, attempts: readonly Attempt[]): DagRun {
  const own = attempts.filter(({ dag_id, logical_date }) =>
    dag_id === dag.id && logical_date === date
  );
  const tasks = dag.tasks.map(({ id }) => taskRunOf(id, own));
  return { dagId: dag.id, date, status: statusOf(tasks), tasks };
}

function taskRunOf(taskId: string, ofDag: readonly Attempt[]): TaskRun {
  const attempts = ofDag.filter(({ task_id }) => task_id === taskId)
    .sort((a, b) => a.attempt - b.attempt);
  // What a person has marked as failed does not count, although it has succeeded before.
  const start = 1 +
    attempts.findLastIndex(({ status, reason }) => status === "failed" && reason === "marked");
  const hasSuccess = attempts.slice(start).some(({ status }) => status === "success");
  return { taskId, attempts, latest: attempts.at(-1) ?? null, hasSuccess };
}

/** An attempt under way counts most, then that all is well; a failed task more than those after it. */
function statusOf(tasks: readonly TaskRun[]): RunStatus {
  const latest = tasks.map((task) => task.latest?.status);
  if (latest.includes("running")) return "running";
  if (latest.includes("waiting")) return "waiting";
  if (tasks.every(({ hasSuccess }) => hasSuccess)) return "success";
  const open = tasks.filter(({ hasSuccess }) => !hasSuccess).map((task) => task.latest?.status);
  for (const status of ["failed", "upstream_failed", "skipped"] as const) {
    if (open.includes(status)) return status;
  }
  return tasks.some(({ hasSuccess }) => hasSuccess) ? "partly" : "none";
}
