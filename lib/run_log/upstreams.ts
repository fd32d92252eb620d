import type { Dag, Dependency } from "../dag/dag.ts";
import { formatLocalTime } from "../log/time_text.ts";
import { mayGoOn } from "./dag_run.ts";
import { isActive, type TaskState } from "./task_states.ts";

/** Whether the upstreams of a DAG let it go; the reason is for people and names the first that does not. */
export type Decision =
  | { readonly kind: "ready" }
  | { readonly kind: "waiting" | "failed"; readonly reason: string };

/** The name under which something is waited for: "dag" or "dag.task". */
export function nameOf({ dag, task }: Dependency): string {
  return task === undefined ? dag : `${dag}.${task}`;
}

/** What a DAG waits for and does not have: the upstreams without a success, from the states of one date. */
export function blockersOf(dag: Dag, states: readonly TaskState[]): readonly Dependency[] {
  return dag.waitsFor.filter((dependency) => {
    const needed = neededOf(dependency, states);
    return needed.length === 0 || needed.some((state) => !state.has_success);
  });
}

/** A DAG claims all its tasks together, so once it has begun the run log knows every one of them. */
function neededOf({ dag, task }: Dependency, states: readonly TaskState[]): readonly TaskState[] {
  return states.filter((state) =>
    state.dag_id === dag && (task === undefined || state.task_id === task)
  );
}

/**
 * Looks up every upstream in the states of its date.
 *
 * A success row lets go. One that failed decides at once, unless its DAG is being tried again, or was cut off
 * by the end of its worker. Times are shown in `timeZone`.
 */
export function decide(
  dag: Dag,
  states: readonly TaskState[],
  logicalDate: string,
  timeZone: string,
): Decision {
  const decisions = blockersOf(dag, states).map((dependency) =>
    decideOne(dependency, states, logicalDate, timeZone)
  );
  return decisions.find((decision) => decision.kind === "failed") ?? decisions[0] ??
    { kind: "ready" };
}

function decideOne(
  dependency: Dependency,
  states: readonly TaskState[],
  logicalDate: string,
  timeZone: string,
): Decision {
  const name = `${nameOf(dependency)} of ${logicalDate}`;
  const ofDag = states.filter((state) => state.dag_id === dependency.dag);
  const active = ofDag.find(({ status }) => status === "running") ?? ofDag.find(isActive);
  if (active) {
    const since = formatLocalTime(active.started_at, timeZone);
    return { kind: "waiting", reason: `waiting for ${name} (${active.status} since ${since})` };
  }
  const open = neededOf(dependency, states).filter((state) => !state.has_success);
  const failed = open.find((state) => !mayGoOn(state));
  if (failed) return { kind: "failed", reason: `${name} ${describeFailure(failed)}` };
  const found = open.length > 0 ? "was cut off, and will be taken up again" : "never ran";
  return { kind: "waiting", reason: `waiting for ${name} (${found})` };
}

function describeFailure(state: TaskState): string {
  return state.status === "upstream_failed"
    ? `could not run: ${state.error ?? "its upstream failed"}`
    : state.status === "failed"
    ? "failed"
    : `is ${state.status}`;
}
