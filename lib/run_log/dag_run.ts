import type { Dag } from "../dag/dag.ts";
import { isActive, isSettled, type TaskState } from "./task_states.ts";

/**
 * How a DAG stands for a date, by the latest attempt of each task. `waiting` and `running` are in the hands of
 * a worker; `stale`: all have succeeded, and something they waited for once more since; `partly`: some tasks
 * have succeeded and nobody has tried the others; `none`: nobody has tried any.
 */
export type RunStatus =
  | "success"
  | "stale"
  | "failed"
  | "upstream_failed"
  | "running"
  | "waiting"
  | "skipped"
  | "partly"
  | "none";

/** A task of a DAG for a date; the state is null when nobody has tried it. */
export interface TaskRun {
  readonly taskId: string;
  readonly state: TaskState | null;
}

/** What became of a DAG for a date, its tasks in the DAG's order. */
export interface DagRun {
  readonly dagId: string;
  readonly date: string;
  readonly status: RunStatus;
  /** Each task has a success that counts: its data stand, whatever became of a further run. */
  readonly hasSuccess: boolean;
  /** Something is left to be run: a task without success, or one whose success is stale. */
  readonly isOpen: boolean;
  readonly tasks: readonly TaskRun[];
}

/** Sums up the tasks of a DAG for a date; the states of other DAGs and dates do not matter. */
export function dagRunOf(dag: Dag, date: string, states: readonly TaskState[]): DagRun {
  const own = states.filter(({ dag_id, logical_date }) =>
    dag_id === dag.id && logical_date === date
  );
  const tasks = dag.tasks.map(({ id }) => ({
    taskId: id,
    state: own.find(({ task_id }) => task_id === id) ?? null,
  }));
  return {
    dagId: dag.id,
    date,
    status: statusOf(tasks),
    hasSuccess: tasks.every(({ state }) => state?.has_success),
    isOpen: tasks.some(({ state }) => !isSettled(state)),
    tasks,
  };
}

/** An attempt under way counts most, then one that failed; a failed task more than those after it. */
function statusOf(tasks: readonly TaskRun[]): RunStatus {
  const latest = tasks.map(({ state }) => state?.status);
  for (const status of ["running", "waiting", "failed", "upstream_failed", "skipped"] as const) {
    if (latest.includes(status)) return status;
  }
  if (latest.every((status) => status === undefined)) return "none";
  if (latest.includes(undefined)) return "partly";
  return tasks.some(({ state }) => state?.is_stale) ? "stale" : "success";
}

/**
 * What a scheduler makes of a DAG's run of a date:
 *
 * - `untouched`: nobody has tried it
 * - `active`: a worker has claimed it
 * - `success`: every task has a success that counts
 * - `stale`: so it is, but something that it waited for has succeeded once more since
 * - `cut off`: its worker died or was asked to end, so it can simply go on
 * - `refused`: it did not begin, because an upstream failed or never came
 * - `failed`: for good, until a person or a later date makes it better
 */
export type Progress =
  | "untouched"
  | "active"
  | "success"
  | "stale"
  | "cut off"
  | "refused"
  | "failed";

/** A run whose worker died this often is not taken up again: it may be what kills them. */
export const MOST_WORKER_DEATHS = 5;

/** What is left of a DAG's run to do, and whether it can be done without a person. */
export function progressOf({ tasks }: DagRun): Progress {
  const known = tasks.flatMap(({ state }) => state ?? []);
  if (known.length === 0) return "untouched";
  if (known.some(isActive)) return "active";
  const open = known.filter((state) => !isSettled(state));
  // A task without any row comes from a DAG that has grown since.
  const isGrown = known.length < tasks.length;
  if (open.length === 0 && !isGrown) return "success";
  const [outdated, tried] = [open.filter(isOutdated), open.filter((state) => !isOutdated(state))];
  if (tried.some((state) => !mayGoOn(state) && !wasRefused(state))) return "failed";
  if (isGrown || tried.some(mayGoOn)) return "cut off";
  return outdated.length > 0 ? "stale" : "refused";
}

/** Stale, and nobody has tried it since it is. */
function isOutdated({ is_stale, started_at, newer_upstream_at }: TaskState): boolean {
  return is_stale && newer_upstream_at !== null && started_at <= newer_upstream_at;
}

/** Whether a task without success was only cut off: its worker died or was asked to end. */
export function mayGoOn(
  { reason, worker_deaths }: Pick<TaskState, "reason" | "worker_deaths">,
): boolean {
  return reason === "stopped" || (reason === "worker_died" && worker_deaths < MOST_WORKER_DEATHS);
}

function wasRefused({ reason, status }: TaskState): boolean {
  return status === "upstream_failed" || reason === "wait_timeout";
}
