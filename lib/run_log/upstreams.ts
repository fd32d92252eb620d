import type { Dag, Dependency } from "../dag/dag.ts";
import { formatLocalTime } from "../log/time_text.ts";
import { mayGoOn } from "./dag_state.ts";
import type { TaskState } from "./task_states.ts";

/** Whether the upstreams of a DAG let it go; the reason is for people and names the first that does not. */
export type Decision =
  | { readonly kind: "ready" }
  | { readonly kind: "waiting" | "failed"; readonly reason: string };

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
  const decisions = dag.waitsFor.map((dependency) =>
    decideOne(dependency, states, logicalDate, timeZone)
  );
  return decisions.find((decision) => decision.kind === "failed") ??
    decisions.find((decision) => decision.kind === "waiting") ??
    { kind: "ready" };
}

function decideOne(
  { dag, task }: Dependency,
  states: readonly TaskState[],
  logicalDate: string,
  timeZone: string,
): Decision {
  const ofDag = states.filter((state) => state.dag_id === dag);
  // A DAG claims all its tasks together, so once it has begun the run log knows every one of them.
  const needed = task === undefined ? ofDag : ofDag.filter((state) => state.task_id === task);
  if (needed.length > 0 && needed.every((state) => state.has_success)) return { kind: "ready" };
  const name = `${task === undefined ? dag : `${dag}.${task}`} of ${logicalDate}`;
  const active = ofDag.find((state) => state.status === "running") ??
    ofDag.find((state) => state.status === "waiting");
  if (active) {
    const since = formatLocalTime(active.started_at, timeZone);
    return { kind: "waiting", reason: `waiting for ${name} (${active.status} since ${since})` };
  }
  const open = needed.filter((state) => !state.has_success);
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
