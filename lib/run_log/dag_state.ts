import type { Dag } from "../dag/dag.ts";
import type { TaskState } from "./task_states.ts";

/**
 * How a DAG stands for a date, from what the run log says of its tasks:
 *
 * - `untouched`: nobody has tried it
 * - `active`: a worker has claimed it
 * - `success`: every task has succeeded
 * - `cut off`: its worker died or was asked to end, so it can simply go on
 * - `refused`: it did not begin, because an upstream failed or never came
 * - `failed`: for good, until a person or a later date makes it better
 */
export type DagState = "untouched" | "active" | "success" | "cut off" | "refused" | "failed";

/** A run whose worker died this often is not taken up again: it may be what kills them. */
export const MOST_WORKER_DEATHS = 5;

/** How a DAG stands, from the states of one date. */
export function dagStateOf(dag: Dag, states: readonly TaskState[]): DagState {
  const own = states.filter((state) => state.dag_id === dag.id);
  if (own.length === 0) return "untouched";
  if (own.some(({ status }) => status === "running" || status === "waiting")) return "active";
  const open = dag.tasks.flatMap(({ id }) => {
    const state = own.find(({ task_id }) => task_id === id);
    return state?.has_success ? [] : [state];
  });
  if (open.length === 0) return "success";
  // A task without any row comes from a DAG that has grown since.
  const known = open.filter((state) => state !== undefined);
  if (known.some((state) => !mayGoOn(state) && !wasRefused(state))) return "failed";
  return known.length < open.length || known.some(mayGoOn) ? "cut off" : "refused";
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
