import type { Logger } from "@logtape/logtape";
import type { TransactionSql } from "postgres";
import { CheckError, passChecks } from "../checks/gate.ts";
import { saveCheckResults } from "../checks/run.ts";
import type { Task, TaskContext, TaskResult } from "../dag/dag.ts";
import { BudgetError } from "../dag/end_reason.ts";
import { errorText } from "../log/error_text.ts";
import { querySqlFile } from "../warehouse/sql_file.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";

/** How one try of a task ends its transaction: with its success row. */
export type EndOfTry = (tx: TransactionSql, result: TaskResult) => Promise<void>;

/**
 * Runs one try of a task: its work outside the database, then one transaction, then what comes after.
 *
 * Throws what the task throws, the reason of `context.signal` when that aborts, and `BudgetError` when the
 * time budget is spent.
 */
export async function tryTask(
  warehouse: Warehouse,
  task: Task,
  context: TaskContext,
  end: EndOfTry,
): Promise<TaskResult> {
  // Work that starts after the abort would never hear of it.
  context.signal.throwIfAborted();
  const budget = new AbortController();
  const minutes = task.budgetMinutes ?? context.config.taskBudgetMinutes;
  const timer = startBudget(task, minutes, budget);
  const bounded = { ...context, signal: AbortSignal.any([context.signal, budget.signal]) };
  try {
    const prepared = await orAbort(task.prepare?.(bounded), bounded.signal);
    bounded.signal.throwIfAborted();
    const result = await writeTask(warehouse, task, bounded, prepared, end);
    await afterCommit(task, context);
    return result;
  } finally {
    clearTimeout(timer);
  }
}

function startBudget({ id }: Task, minutes: number, budget: AbortController) {
  const text = `${id} took longer than its budget of ${minutes} minutes`;
  return setTimeout(() => budget.abort(new BudgetError(text)), minutes * 60_000);
}

/** Does not wait for work that ignores the signal. */
async function orAbort<T>(
  work: Promise<T> | undefined,
  signal: AbortSignal,
): Promise<T | undefined> {
  if (work === undefined) return undefined;
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    // The work may have been the cause of the abort, before anybody listened.
    signal.throwIfAborted();
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
    // Left behind after an abort: its later failure is of no interest to anybody.
    work.catch(() => {});
  }
}

async function writeTask(
  warehouse: Warehouse,
  task: Task,
  context: TaskContext,
  prepared: unknown,
  end: EndOfTry,
): Promise<TaskResult> {
  try {
    return await warehouse.sql.begin(async (tx) => {
      using _canceller = await cancelOnAbort(warehouse, tx, context.signal, context.log);
      const written = task.write
        ? await task.write(tx, context, prepared)
        : asResult(task, prepared);
      const result = await passChecks(tx, task.id, context, written);
      context.signal.throwIfAborted();
      await end(tx, result);
      return result;
    });
  } catch (error) {
    if (error instanceof CheckError) await keepResults(warehouse, context, error);
    // A cancelled query fails with the server's words; the reason of the cancellation says more.
    throw context.signal.aborted ? context.signal.reason : error;
  }
}

/** The results of failed checks went with the transaction. */
async function keepResults(
  { sql }: Warehouse,
  { runId, log }: TaskContext,
  { taskId, results }: CheckError,
): Promise<void> {
  try {
    await sql.begin((tx) => saveCheckResults(tx, runId, taskId, results));
  } catch (error) {
    // What the checks found is the failure to be told, and its message says it too.
    log.warn("Cannot save the results of checks, which check-data finds again: {error}", {
      error: errorText(error),
    });
  }
}

/** On a server, stops the running query when the signal aborts; PGlite cannot stop a statement. */
export async function cancelOnAbort(
  { sql, kind }: Warehouse,
  tx: TransactionSql,
  signal: AbortSignal,
  log: Logger,
): Promise<Disposable> {
  if (kind === "embedded") return { [Symbol.dispose]: () => {} };
  const [row] = await querySqlFile(tx, "ops/backend_pid.sql", []);
  // An abort while that was asked would never reach the listener.
  signal.throwIfAborted();
  const cancel = () => {
    querySqlFile(sql, "ops/cancel_backend.sql", [Number(row?.pid)])
      .catch((error: unknown) =>
        log.warn("Cannot cancel the query, which goes on until the server ends it: {error}", {
          error,
        })
      );
  };
  signal.addEventListener("abort", cancel, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", cancel) };
}

/** The result of a task that has no `write`: what its `prepare` returned. Throws `TypeError` when that is none. */
export function asResult(task: Task, prepared: unknown): TaskResult {
  if (isResult(prepared)) return prepared;
  throw new TypeError(
    `Cannot finish ${task.id}: it has no write and its prepare returned no metrics, ` +
      "expected a task result: return { metrics } from prepare",
  );
}

function isResult(value: unknown): value is TaskResult {
  return typeof value === "object" && value !== null && "metrics" in value &&
    typeof value.metrics === "object" && value.metrics !== null;
}

/** Lets a task clean up; that it cannot is a warning. */
export async function afterCommit(task: Task, context: TaskContext): Promise<void> {
  try {
    await task.afterCommit?.(context);
  } catch (error) {
    // The rows are there and stay: what is left over costs space, not correctness.
    context.log.warn("Cannot clean up after {task}, the next run tries again: {error}", {
      task: task.id,
      error: errorText(error),
    });
  }
}
