import type { Dag } from "../dag/dag.ts";
import { parseSchedule } from "../dag/schedule.ts";
import type { Attempt } from "../run_log/attempts.ts";
import { type DagRun, dagRunOf, mayGoOn } from "../run_log/dag_run.ts";
import type { TaskState } from "../run_log/task_states.ts";
import { blockersOf, nameOf } from "../run_log/upstreams.ts";

/** What there is to know about the runs of one date at a moment. */
export interface DayView {
  readonly dags: readonly Dag[];
  readonly date: Temporal.PlainDate;
  /** Of all DAGs for the date. */
  readonly states: readonly TaskState[];
  /** Of all DAGs for the date, for what happened before the latest ones. */
  readonly attempts: readonly Attempt[];
  readonly now: Temporal.Instant;
  readonly timeZone: string;
  /** A worker that gives no sign of life for so many seconds counts as dead. */
  readonly silentAfterS: number;
}

/** An upstream that has not succeeded, by the name under which it is waited for: "dag" or "dag.task". */
export interface Blocker {
  readonly name: string;
  readonly dag: Dag;
}

/**
 * The status of a DAG for a date, and what it hangs on:
 *
 * - `success`: `state` is that of the task that succeeded last
 * - `stale`: so it is, but what `state` waited for has succeeded once more since
 * - `running`: `state` is under way
 * - `pausing`: `state` waits for its time, because the attempt before it, `failed`, may go better
 * - `waiting`: a worker holds it until its upstreams have succeeded
 * - `failed`: `state` is the first task's that did; `goesOn` when it was only cut off; `succeededAt` of that task
 *   when the data of an earlier success stand
 * - `blocked`: it did not begin (`state` says so when somebody tried), because of its upstreams
 * - `ahead`: its slot has not come
 * - `free`: nothing is in its way, and nobody is on it
 */
export type DetailedStatus =
  | { readonly kind: "success" | "stale" | "running"; readonly state: TaskState }
  | {
    readonly kind: "failed";
    readonly state: TaskState;
    readonly goesOn: boolean;
    readonly succeededAt: Date | null;
  }
  | { readonly kind: "pausing"; readonly state: TaskState; readonly failed: Attempt }
  | {
    readonly kind: "waiting";
    readonly state: TaskState;
    readonly blockers: readonly Blocker[];
  }
  | {
    readonly kind: "blocked";
    readonly state: TaskState | null;
    readonly blockers: readonly Blocker[];
  }
  | { readonly kind: "ahead"; readonly slot: Temporal.Instant }
  | {
    readonly kind: "free";
    readonly state: TaskState | null;
    readonly slot: Temporal.Instant | null;
  };

/** The status of a DAG at the moment of the view. */
export function detailedStatusOf(dag: Dag, view: DayView): DetailedStatus {
  const run = dagRunOf(dag, view.date.toString(), view.states);
  const latest = (status: TaskState["status"]) =>
    run.tasks.find(({ state }) => state?.status === status)?.state ?? null;
  const running = latest("running");
  if (running) return { kind: "running", state: running };
  const waiting = latest("waiting");
  if (waiting) return statusOfWaiting(dag, waiting, view);
  const failed = latest("failed");
  if (failed && failed.reason !== "wait_timeout") {
    const succeededAt = run.hasSuccess ? failed.succeeded_at : null;
    return { kind: "failed", state: failed, goesOn: mayGoOn(failed), succeededAt };
  }
  const last = lastSuccess(run);
  if (run.status === "success" && last) return { kind: "success", state: last };
  const stale = run.tasks.find(({ state }) => state?.is_stale)?.state;
  if (run.status === "stale" && stale) return { kind: "stale", state: stale };
  return statusOfIdle(dag, failed ?? latest("upstream_failed") ?? latest("skipped"), view);
}

function lastSuccess({ tasks }: DagRun): TaskState | null {
  const time = ({ succeeded_at }: TaskState) => succeeded_at?.getTime() ?? 0;
  return tasks.flatMap(({ state }) => state?.has_success ? [state] : [])
    .reduce<TaskState | null>(
      (last, one) => !last || time(one) >= time(last) ? one : last,
      null,
    );
}

function statusOfWaiting(dag: Dag, state: TaskState, view: DayView): DetailedStatus {
  const before = view.attempts.find(({ dag_id, task_id, run_id, attempt }) =>
    dag_id === dag.id && task_id === state.task_id && run_id === state.run_id &&
    attempt === state.attempt - 1
  );
  if (before?.status === "failed") return { kind: "pausing", state, failed: before };
  return { kind: "waiting", state, blockers: knownBlockersOf(dag, view) };
}

function statusOfIdle(dag: Dag, state: TaskState | null, view: DayView): DetailedStatus {
  const blockers = knownBlockersOf(dag, view);
  const hasFailed = blockers.some((blocker) =>
    isFailure(detailedStatusOf(blocker.dag, view), view)
  );
  const slot = slotOf(dag, view.date, view.timeZone);
  const isAhead = slot !== null && Temporal.Instant.compare(slot, view.now) > 0;
  if (isAhead && !state && !hasFailed) return { kind: "ahead", slot };
  if (blockers.length > 0) return { kind: "blocked", state, blockers };
  return { kind: "free", state, slot };
}

function isFailure(status: DetailedStatus, view: DayView): boolean {
  if (status.kind === "failed") return true;
  return status.kind === "blocked" &&
    status.blockers.some((blocker) => isFailure(detailedStatusOf(blocker.dag, view), view));
}

/** What a DAG waits for and does not have yet. */
function knownBlockersOf(dag: Dag, view: DayView): Blocker[] {
  return blockersOf(dag, view.states).flatMap((dependency) => {
    const upstream = view.dags.find(({ id }) => id === dependency.dag);
    return upstream ? [{ name: nameOf(dependency), dag: upstream }] : [];
  });
}

/** The moment at which a DAG's run of a date may begin; null on a day that its schedule leaves out. */
export function slotOf(
  dag: Dag,
  date: Temporal.PlainDate,
  timeZone: string,
): Temporal.Instant | null {
  return parseSchedule(dag.schedule, timeZone).slots(date, date)[0]?.at ?? null;
}
