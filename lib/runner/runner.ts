import { getLogger } from "@logtape/logtape";
import type { Dag, Task } from "../dag/dag.ts";
import { endReasonOf } from "../dag/end_reason.ts";
import { type DagOutcome, emptyOutcome, type TaskOutcome } from "../dag/outcome.ts";
import { validateDag } from "../dag/validate.ts";
import { errorText } from "../log/error_text.ts";
import { dagLogFile, keepLines } from "../log/log_file.ts";
import { removeOldLogFiles } from "../log/old_files.ts";
import { type Claim, claimTasks, failClaim, freeDeadClaims } from "../run_log/claims.ts";
import { type Heartbeat, startHeartbeat } from "../run_log/heartbeat.ts";
import { isActive, isSettled, readStatesOfDags, type TaskState } from "../run_log/task_states.ts";
import { decide, type Decision, nameOf } from "../run_log/upstreams.ts";
import { sleep as sleepByClock } from "../sleep.ts";
import { rememberBusiness } from "../warehouse/business.ts";
import { querySqlFile } from "../warehouse/sql_file.ts";
import { failAfter, releaseTask, runTask } from "./attempts.ts";
import { persist } from "./persist.ts";
import { contextOf, type Run, type RunOptions } from "./run.ts";
import { traceDag } from "./tracing.ts";

const log = getLogger(["run"]);

/**
 * Runs the tasks of a DAG for a date that have not succeeded yet, and writes the run log.
 *
 * Failures of tasks are part of the outcome; it throws `DagError` for a malformed DAG, and what the
 * warehouse throws when the run log cannot be read.
 */
export async function runDag(dag: Dag, options: RunOptions): Promise<DagOutcome> {
  validateDag(dag);
  const run: Run = {
    sleep: sleepByClock,
    random: Math.random,
    signal: new AbortController().signal,
    drain: new AbortController().signal,
    ...options,
    dag,
    runId: crypto.randomUUID(),
    date: options.logicalDate.toString(),
    handedOver: new Map(),
    query: (path, values) => querySqlFile(options.warehouse.sql, path, values),
  };
  if (run.signal.aborted || run.drain.aborted) return stopped(run);
  run.worker.liveRuns.add(run.runId);
  try {
    return await traceDag(run, () => runAndKeepLines(run));
  } finally {
    run.worker.liveRuns.delete(run.runId);
  }
}

/** What the run says around its tasks has a file of its own; old ones of this DAG go. */
async function runAndKeepLines(run: Run): Promise<DagOutcome> {
  await persist(run, () => rememberBusiness(run.warehouse, run.config));
  const { logDir, logKeepDays } = run.config;
  await removeOldLogFiles(logDir, run.dag.id, logKeepDays);
  return await keepLines(dagLogFile(logDir, run.dag.id, run.date), () => runPending(run));
}

async function runPending(run: Run): Promise<DagOutcome> {
  const states = await persist(run, () => look(run));
  const decision = decide(run.dag, states, run.date, run.config.businessTz);
  const pending = await choosePending(run, states);
  if (pending.length === 0) return alreadyDone(run, states);
  const waits = (run.waitMs ?? 0) > 0;
  if (decision.kind === "waiting" && !waits) return notReady(run, decision.reason);
  return await claimAndRun(run, states, pending, decision);
}

/**
 * Frees what the dead hold, reads how the tasks of the DAG and of those it waits for stand, and takes over what
 * earlier successes left.
 */
async function look(run: Run): Promise<TaskState[]> {
  const freed = await freeDeadClaims(run.warehouse, run.worker);
  if (freed.length > 0) {
    log.warn("Freed the claims of dead workers: {tasks}", { tasks: freed.join(", ") });
  }
  const dagIds = [run.dag.id, ...run.dag.waitsFor.map(({ dag }) => dag)];
  const states = await readStatesOfDags(run.warehouse.sql, run.date, dagIds);
  for (const state of states) {
    if (state.dag_id === run.dag.id && state.metrics) {
      run.handedOver.set(state.task_id, state.metrics);
    }
  }
  return states;
}

/**
 * Which tasks have to run: from the first on that has no success or a stale one, all of them, since each
 * builds on the one before; and before them those whose output is gone.
 */
async function choosePending(run: Run, states: readonly TaskState[]): Promise<Task[]> {
  if (run.force) return [...run.dag.tasks];
  let first = run.dag.tasks.findIndex((task) => !isSettled(stateOf(run, states, task)));
  if (first < 0) return [];
  for (; first > 0; first--) {
    const before = run.dag.tasks[first - 1];
    if (!before || await outputStands(run, before)) break;
  }
  return run.dag.tasks.slice(first);
}

function stateOf(run: Run, states: readonly TaskState[], task: Task): TaskState | null {
  return states.find(({ dag_id, task_id }) => dag_id === run.dag.id && task_id === task.id) ?? null;
}

/** What a task waits for: all that its DAG does, and the task before it. */
function waitsForOf(dag: Dag, task: Task): string[] {
  const before = dag.tasks[dag.tasks.indexOf(task) - 1];
  return [...dag.waitsFor, ...before ? [{ dag: dag.id, task: before.id }] : []].map(nameOf);
}

async function outputStands(run: Run, task: Task): Promise<boolean> {
  const metrics = run.handedOver.get(task.id) ?? {};
  return await task.outputStands?.(contextOf(run, task, run.signal), metrics) ?? true;
}

function alreadyDone(run: Run, states: readonly TaskState[]): DagOutcome {
  const hasFailed = run.dag.tasks.some((task) => stateOf(run, states, task)?.status === "failed");
  const message = `${run.dag.id} has already succeeded for ${run.date}: nothing to do` +
    (hasFailed ? ", though a further run has failed since" : "");
  log[run.isSummedUp ? "debug" : "info"]("{message}", { message });
  const tasks = run.dag.tasks.map((task) => {
    const state = stateOf(run, states, task);
    const rows = state?.rows_written ?? state?.rows_read ?? null;
    return { ...emptyOutcome(task, "done"), rows, metrics: state?.metrics ?? null };
  });
  return { dagId: run.dag.id, status: "done", message, tasks };
}

/** Asked to stop before it began: nothing is written, so the next run finds it untouched. */
function stopped(run: Run): DagOutcome {
  const reason = run.signal.aborted ? run.signal.reason : run.drain.reason;
  const message = `${run.dag.id} of ${run.date} did not start: ${errorText(reason)}`;
  const tasks = run.dag.tasks.map((task) => emptyOutcome(task, "waiting"));
  return { dagId: run.dag.id, status: "failed", message, tasks };
}

function notReady(run: Run, reason: string): DagOutcome {
  const message = `Cannot run ${run.dag.id} for ${run.date}: ${reason}`;
  log.warn("{message}", { message });
  const tasks = run.dag.tasks.map((task) => emptyOutcome(task, "waiting"));
  return { dagId: run.dag.id, status: "not_ready", message, tasks };
}

async function claimAndRun(
  run: Run,
  states: readonly TaskState[],
  pending: readonly Task[],
  decision: Decision,
): Promise<DagOutcome> {
  const unfinished = run.force
    ? []
    : pending.filter((task) => !isSettled(stateOf(run, states, task)));
  const { runId, date: logicalDate, worker: { id: worker } } = run;
  const claims = await persist(run, () =>
    claimTasks(
      run.warehouse,
      { runId, dagId: run.dag.id, logicalDate, worker },
      pending.map((task) => ({ taskId: task.id, waitsFor: waitsForOf(run.dag, task) })),
      unfinished.map((task) => task.id),
    ));
  if (!claims) return await refusedClaim(run);
  await using heartbeat = startHeartbeat(run.warehouse, {
    runId: run.runId,
    worker: run.worker.id,
  });
  const final = decision.kind === "waiting" ? await waitForUpstreams(run, heartbeat) : decision;
  if (final.kind !== "ready") return await giveUp(run, claims, final);
  return await runClaims(run, pending, claims, heartbeat);
}

/** Another worker holds a claim, or has finished a task between the look at the run log and the claim. */
async function refusedClaim(run: Run): Promise<DagOutcome> {
  const states = await persist(run, () => look(run));
  const active = states.find((state) => state.dag_id === run.dag.id && isActive(state));
  if (!active && (await choosePending(run, states)).length === 0) return alreadyDone(run, states);
  const message = `Cannot run ${run.dag.id} for ${run.date}: ` +
    `${active ? `the worker ${active.worker} is running it` : "another worker was running it"}, ` +
    "expected nobody: wait until it has finished";
  // Between schedulers that share a warehouse this is the rule.
  log.info("{message}", { message });
  const tasks = run.dag.tasks.map((task) => emptyOutcome(task, "waiting"));
  return { dagId: run.dag.id, status: "already_running", message, tasks };
}

/** How a wait for upstreams ended. */
type Verdict =
  | Decision
  | { readonly kind: "stopped"; readonly reason: string; readonly error: unknown };

/** What each verdict but "ready" makes of the tasks and of their DAG. */
const GIVEN_UP = {
  waiting: { written: "failed", reason: "wait_timeout", task: "waiting", dag: "not_ready" },
  failed: {
    written: "upstream_failed",
    reason: "upstream",
    task: "upstream_failed",
    dag: "upstream_failed",
  },
  stopped: { written: "failed", reason: "stopped", task: "failed", dag: "failed" },
} as const;

/** Asks again and again; the answer is `waiting` when the time is over. */
async function waitForUpstreams(run: Run, heartbeat: Heartbeat): Promise<Verdict> {
  const { pokeIntervalMs } = run.config;
  const signal = AbortSignal.any([run.signal, run.drain, heartbeat.signal]);
  let decision = await poke(run);
  for (let waitedMs = 0; decision.kind === "waiting"; waitedMs += pokeIntervalMs) {
    if (waitedMs >= (run.waitMs ?? 0)) return decision;
    log.info("{dag} of {date}: {reason}", {
      dag: run.dag.id,
      date: run.date,
      reason: decision.reason,
    });
    try {
      await run.sleep(pokeIntervalMs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return { kind: "stopped", reason: `stopped while ${decision.reason}`, error: signal.reason };
    }
    decision = await poke(run);
  }
  return decision;
}

async function poke(run: Run): Promise<Decision> {
  return decide(run.dag, await persist(run, () => look(run)), run.date, run.config.businessTz);
}

/** Writes down that the upstreams decided against this run, that it waited for too long or was stopped. */
async function giveUp(
  run: Run,
  claims: readonly Claim[],
  verdict: Exclude<Verdict, { kind: "ready" }>,
): Promise<DagOutcome> {
  const { written, task: taskStatus, dag: status, ...end } = GIVEN_UP[verdict.kind];
  const error = verdict.kind === "waiting"
    ? `gave up after ${minutes(run.waitMs)}: ${verdict.reason}`
    : verdict.reason;
  const reason = verdict.kind === "stopped" ? endReasonOf(verdict.error) : end.reason;
  const message = `Cannot run ${run.dag.id} for ${run.date}: ${error}`;
  const isToldElsewhere = run.isSummedUp && verdict.kind === "failed";
  log[isToldElsewhere ? "debug" : "error"]("{message}", { message });
  for (const claim of claims) {
    const failure = { status: written, reason, error };
    await persist(run, () => failClaim(run.warehouse.sql, claim, failure));
  }
  const tasks = run.dag.tasks.map((task) => ({ ...emptyOutcome(task, taskStatus), reason, error }));
  return { dagId: run.dag.id, status, message, tasks };
}

function minutes(durationMs: number | undefined): string {
  return `${Math.round((durationMs ?? 0) / 60_000)} minutes`;
}

async function runClaims(
  run: Run,
  pending: readonly Task[],
  claims: readonly Claim[],
  heartbeat: Heartbeat,
): Promise<DagOutcome> {
  const outcomes = new Map<string, TaskOutcome>();
  let failedId: string | null = null;
  for (const [i, task] of pending.entries()) {
    const claim = claims[i];
    if (!claim) throw new Error(`Cannot run ${task.id}: it has no claim`);
    const outcome: TaskOutcome = failedId !== null
      ? await failAfter(run, task, claim, failedId)
      : run.drain.aborted
      ? await releaseTask(run, task, claim)
      : await runTask(run, task, claim, heartbeat);
    outcomes.set(task.id, outcome);
    if (outcome.status === "failed") failedId = task.id;
  }
  const tasks = run.dag.tasks.map((task) => outcomes.get(task.id) ?? emptyOutcome(task, "done"));
  return {
    dagId: run.dag.id,
    status: failedId === null ? "success" : "failed",
    message: null,
    tasks,
  };
}
