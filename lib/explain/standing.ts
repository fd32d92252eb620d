import type { Dag } from "../dag/dag.ts";
import { parseSchedule } from "../dag/schedule.ts";
import type { Attempt } from "../run_log/attempts.ts";
import { type DagRun, dagRunOf, type TaskRun } from "../run_log/dag_run.ts";
import { mayGoOn } from "../run_log/dag_state.ts";

/** What there is to know about the runs of one date at a moment. */
export interface DayView {
  readonly dags: readonly Dag[];
  readonly date: Temporal.PlainDate;
  /** Of all DAGs for the date. */
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
 * How a DAG stands for a date, and what that hangs on:
 *
 * - `success`: `attempt` was the last one that it took
 * - `running`: `attempt` is under way
 * - `pausing`: `attempt` waits for its time, because the one before it, `failed`, may go better
 * - `waiting`: a worker holds it until its upstreams have succeeded
 * - `failed`: `attempt` is the first task's that did; `goesOn` when it was only cut off
 * - `blocked`: it did not begin (`attempt` says so when somebody tried), because of its upstreams
 * - `ahead`: its slot has not come
 * - `free`: nothing is in its way, and nobody is on it
 */
export type Stand =
  | { readonly kind: "success" | "running"; readonly attempt: Attempt }
  | { readonly kind: "failed"; readonly attempt: Attempt; readonly goesOn: boolean }
  | { readonly kind: "pausing"; readonly attempt: Attempt; readonly failed: Attempt }
  | {
    readonly kind: "waiting";
    readonly attempt: Attempt;
    readonly blockers: readonly Blocker[];
  }
  | {
    readonly kind: "blocked";
    readonly attempt: Attempt | null;
    readonly blockers: readonly Blocker[];
  }
  | { readonly kind: "ahead"; readonly slot: Temporal.Instant }
  | {
    readonly kind: "free";
    readonly attempt: Attempt | null;
    readonly slot: Temporal.Instant | null;
  };

/** How a DAG stands at the moment of the view. */
export function standOf(dag: Dag, view: DayView): Stand {
  const run = dagRunOf(dag, view.date.toString(), view.attempts);
  const latest = (status: Attempt["status"]) => findLatest(run, status);
  const running = latest("running");
  if (running) return { kind: "running", attempt: running };
  const waiting = latest("waiting");
  if (waiting) return standOfWaiting(dag, run, waiting, view);
  const last = lastSuccess(run);
  if (run.status === "success" && last) return { kind: "success", attempt: last };
  const failed = latest("failed");
  if (failed && failed.reason !== "wait_timeout") {
    return { kind: "failed", attempt: failed, goesOn: goesOn(run, failed) };
  }
  return standOfIdle(dag, failed ?? latest("upstream_failed") ?? latest("skipped"), view);
}

/** The first task, in the DAG's order, that has no success and whose latest attempt has the status. */
function findLatest({ tasks }: DagRun, status: Attempt["status"]): Attempt | null {
  const found = tasks.find(({ latest, hasSuccess }) =>
    latest?.status === status && (!hasSuccess || status === "running" || status === "waiting")
  );
  return found?.latest ?? null;
}

/** By the rule of the scheduler. */
function goesOn({ tasks }: DagRun, { task_id, reason }: Attempt): boolean {
  const attempts = tasks.find(({ taskId }) => taskId === task_id)?.attempts ?? [];
  const deaths = attempts.filter((attempt) => attempt.reason === "worker_died").length;
  return mayGoOn({ reason, worker_deaths: deaths });
}

function lastSuccess({ tasks }: DagRun): Attempt | null {
  return tasks.flatMap(({ attempts }) => attempts)
    .filter(({ status }) => status === "success")
    .reduce<Attempt | null>((last, one) => !last || endOf(one) >= endOf(last) ? one : last, null);
}

function endOf({ finished_at, started_at }: Attempt): number {
  return (finished_at ?? started_at).getTime();
}

function standOfWaiting(dag: Dag, run: DagRun, attempt: Attempt, view: DayView): Stand {
  const before = run.tasks.find(({ taskId }) => taskId === attempt.task_id)?.attempts.at(-2);
  if (before?.status === "failed" && before.run_id === attempt.run_id) {
    return { kind: "pausing", attempt, failed: before };
  }
  return { kind: "waiting", attempt, blockers: blockersOf(dag, view) };
}

function standOfIdle(dag: Dag, attempt: Attempt | null, view: DayView): Stand {
  const blockers = blockersOf(dag, view);
  const hasFailed = blockers.some((blocker) => isFailure(standOf(blocker.dag, view), view));
  const slot = slotOf(dag, view.date, view.timeZone);
  const isAhead = slot !== null && Temporal.Instant.compare(slot, view.now) > 0;
  if (isAhead && !attempt && !hasFailed) return { kind: "ahead", slot };
  if (blockers.length > 0) return { kind: "blocked", attempt, blockers };
  return { kind: "free", attempt, slot };
}

function isFailure(stand: Stand, view: DayView): boolean {
  if (stand.kind === "failed") return true;
  return stand.kind === "blocked" &&
    stand.blockers.some((blocker) => isFailure(standOf(blocker.dag, view), view));
}

/** What a DAG waits for and does not have yet. */
export function blockersOf(dag: Dag, view: DayView): Blocker[] {
  return dag.waitsFor.flatMap((dependency) => {
    const upstream = view.dags.find(({ id }) => id === dependency.dag);
    if (!upstream) return [];
    const { tasks } = dagRunOf(upstream, view.date.toString(), view.attempts);
    const needed = tasks.filter(({ taskId }: TaskRun) =>
      dependency.task === undefined || taskId === dependency.task
    );
    if (needed.every(({ hasSuccess }) => hasSuccess)) return [];
    const name = dependency.task === undefined ? upstream.id : `${upstream.id}.${dependency.task}`;
    return [{ name, dag: upstream }];
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
