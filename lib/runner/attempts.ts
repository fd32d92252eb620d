import { getLogger } from "@logtape/logtape";
import type { Task, TaskResult } from "../dag/dag.ts";
import { emptyOutcome, type TaskOutcome } from "../dag/outcome.ts";
import { warningsOf } from "../dag/warnings.ts";
import { errorText, isTransient } from "../log/error_text.ts";
import { attemptLogFile, keepLines } from "../log/log_file.ts";
import {
  type Claim,
  ClaimLostError,
  failClaim,
  retryClaim,
  startClaim,
  succeedClaim,
} from "../run_log/claims.ts";
import type { Heartbeat } from "../run_log/heartbeat.ts";
import { readTaskStates } from "../run_log/task_states.ts";
import { tryTask } from "./one_try.ts";
import { failureReasonOf } from "./failure_reason.ts";
import { persist } from "./persist.ts";
import { contextOf, type Run } from "./run.ts";
import { traceTry } from "./tracing.ts";

const log = getLogger(["run"]);

/** Runs a claimed task with its retries; whatever happens is in the outcome and in the run log. */
export async function runTask(
  run: Run,
  task: Task,
  firstClaim: Claim,
  heartbeat: Heartbeat,
): Promise<TaskOutcome> {
  const startedMs = performance.now();
  const signal = AbortSignal.any([run.signal, heartbeat.signal]);
  const context = contextOf(run, task, signal);
  let claim = firstClaim;
  const tryOnce = async (retriesLeft: number): Promise<TaskOutcome | null> => {
    try {
      run.drain.throwIfAborted();
      await startClaim(run.warehouse.sql, claim);
      heartbeat.watch(task.id);
      context.progress("");
      const held = claim;
      const result = await traceTry(
        held,
        () =>
          tryTask(run.warehouse, task, context, async (tx, result) => {
            heartbeat.watch(null);
            await succeedClaim(tx, held, result);
          }),
      );
      return succeeded(run, task, result, startedMs);
    } catch (error) {
      heartbeat.watch(null);
      const known = isTransient(error) ? await record(run, () => findCommitted(run, claim)) : null;
      if (known) return succeeded(run, task, known, startedMs);
      const isEnding = signal.aborted || run.drain.aborted;
      const mayRetry = retriesLeft > 0 && isTransient(error) && !isEnding;
      const next = mayRetry
        ? await retryLater(run, task, claim, error, { retriesLeft, signal })
        : null;
      if (!next) return await failed(run, task, claim, error, startedMs);
      claim = next;
      return null;
    }
  };
  for (let retriesLeft = task.retries ?? 0;; retriesLeft--) {
    const file = attemptLogFile(run.config.logDir, claim);
    const outcome = await keepLines(file, () => tryOnce(retriesLeft));
    if (outcome) return outcome;
  }
}

/** The connection can be lost between the commit and its answer: then the run log knows the outcome. */
async function findCommitted(run: Run, claim: Claim): Promise<TaskResult | null> {
  const states = await readTaskStates(run.warehouse.sql, run.date);
  const state = states.find((one) =>
    one.dag_id === claim.dagId && one.task_id === claim.taskId &&
    one.attempt === claim.attempt && one.status === "success"
  );
  if (!state) return null;
  return {
    ...(state.rows_read === null ? {} : { rowsRead: state.rows_read }),
    ...(state.rows_written === null ? {} : { rowsWritten: state.rows_written }),
    metrics: state.metrics ?? {},
  };
}

/** Takes the next attempt and waits before it; null when the claim is gone or the run is to stop. */
async function retryLater(
  run: Run,
  task: Task,
  claim: Claim,
  error: unknown,
  { retriesLeft, signal }: { readonly retriesLeft: number; readonly signal: AbortSignal },
): Promise<Claim | null> {
  const tries = (task.retries ?? 0) - retriesLeft;
  const delayMs = retryDelayMs(run.config.retryDelayMs, tries, run.random());
  const failure = { status: "failed", reason: failureReasonOf(error), error } as const;
  const next = await record(run, () => retryClaim(run.warehouse, claim, failure));
  if (!next) return null;
  contextOf(run, task, run.signal).log.warn("{task} failed, next try in {seconds} s: {error}", {
    task: task.id,
    seconds: Math.round(delayMs / 1000),
    error: errorText(error),
  });
  const wake = AbortSignal.any([signal, run.drain]);
  try {
    await run.sleep(delayMs, wake);
  } catch (stop) {
    if (!wake.aborted) throw stop;
  }
  return next;
}

/** Twice as long with each try, and up to a quarter more or less, so that workers do not come together. */
export function retryDelayMs(baseMs: number, tries: number, random: number): number {
  return baseMs * 2 ** tries * (0.75 + 0.5 * random);
}

function succeeded(run: Run, task: Task, result: TaskResult, startedMs: number): TaskOutcome {
  const seconds = secondsSince(startedMs);
  run.handedOver.set(task.id, result.metrics);
  run.report?.(run.dag.id, task.id, null);
  const { log: taskLog } = contextOf(run, task, run.signal);
  // What is 0 or nothing says nothing; the run log has it.
  const counts = Object.entries(result.metrics).filter(([, value]) =>
    value !== 0 && value !== null
  );
  taskLog.info("{task} done in {seconds} s", {
    task: task.id,
    seconds,
    ...Object.fromEntries(counts),
  });
  for (const warning of warningsOf(result.metrics)) {
    taskLog.warn("{task} reports {name} = {value}", { task: task.id, ...warning });
  }
  const rows = result.rowsWritten ?? result.rowsRead ?? null;
  return { ...emptyOutcome(task, "success"), rows, seconds, metrics: result.metrics };
}

async function failed(
  run: Run,
  task: Task,
  claim: Claim,
  error: unknown,
  startedMs: number,
): Promise<TaskOutcome> {
  const text = errorText(error);
  const isLost = error instanceof ClaimLostError;
  const reason = failureReasonOf(error);
  run.report?.(run.dag.id, task.id, null);
  // Before the failure is written, which takes the last lines of the log with it.
  contextOf(run, task, run.signal).log.error("{task} failed: {error}", {
    task: task.id,
    error: text,
  });
  if (!isLost) {
    const failure = { status: "failed", reason, error } as const;
    await record(run, () => failClaim(run.warehouse.sql, claim, failure));
  }
  const seconds = secondsSince(startedMs);
  return { ...emptyOutcome(task, "failed"), seconds, reason, error: text };
}

/** Reads or writes the run log; null when that fails, because the failure being written matters more. */
async function record<T>(run: Run, work: () => Promise<T>): Promise<T | null> {
  try {
    return await persist(run, work);
  } catch (error) {
    log.error("Cannot reach the run log: {error}: the next run takes over what this one held", {
      error: errorText(error),
    });
    return null;
  }
}

/** Writes down that a task did not run because an earlier one of its DAG failed. */
export async function failAfter(
  run: Run,
  task: Task,
  claim: Claim,
  failedId: string,
): Promise<TaskOutcome> {
  const error = `${run.dag.id}.${failedId} of ${run.date} failed`;
  const failure = { status: "upstream_failed", reason: "upstream", error } as const;
  await record(run, () => failClaim(run.warehouse.sql, claim, failure));
  return { ...emptyOutcome(task, "upstream_failed"), reason: "upstream", error };
}

/** Writes down that a task did not begin because the process was asked to end. */
export async function releaseTask(run: Run, task: Task, claim: Claim): Promise<TaskOutcome> {
  const error = `${errorText(run.drain.reason)} before it began`;
  const failure = { status: "failed", reason: "stopped", error } as const;
  await record(run, () => failClaim(run.warehouse.sql, claim, failure));
  return { ...emptyOutcome(task, "failed"), reason: "stopped", error };
}

function secondsSince(startedMs: number): number {
  return Math.round((performance.now() - startedMs) / 100) / 10;
}
