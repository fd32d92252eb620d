import { getLogger } from "@logtape/logtape";
import type { TransactionSql } from "postgres";
import { passChecks } from "../checks/gate.ts";
import type { Dag, Task, TaskContext, TaskResult } from "../dag/dag.ts";
import { type DagOutcome, emptyOutcome, type TaskOutcome } from "../dag/outcome.ts";
import { errorText } from "../log/error_text.ts";
import type { OpenDay } from "../run_log/open_days.ts";
import { readTaskStates, type TaskState } from "../run_log/task_states.ts";
import { blockersOf, nameOf } from "../run_log/upstreams.ts";
import { listPending, migrateInside } from "../warehouse/migrations.ts";
import { querySqlFile } from "../warehouse/sql_file.ts";
import { transact } from "../warehouse/transact.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import { afterCommit, asResult, cancelOnAbort } from "./one_try.ts";
import { contextOf, type Run, type RunSeenByTasks } from "./run.ts";

/** What the DAGs of one date would do, in their order. */
export interface PlannedDay {
  readonly date: Temporal.PlainDate;
  readonly outcomes: readonly DagOutcome[];
}

/** What a plan works with. */
export type PlanOptions = Pick<
  Run,
  "warehouse" | "config" | "full" | "acceptDeletes" | "acceptEmptied" | "signal" | "report"
>;

interface Day {
  readonly date: Temporal.PlainDate;
  readonly runs: readonly RunSeenByTasks[];
}

const log = getLogger(["run"]);

/**
 * Runs the days as they would be run, one DAG after the other, and leaves nothing behind: everything outside
 * the database is read first, once however many the days, and all is written in one transaction that is rolled
 * back, checks included. So each DAG sees what its upstreams would have written, and each day what the one
 * before it. In a warehouse of an older version its migrations are part of that.
 *
 * A task that fails blocks what waits for it. Throws the reason of `signal` when that aborts.
 */
export async function dryRunDays(
  days: readonly OpenDay[],
  options: PlanOptions,
): Promise<readonly PlannedDay[]> {
  const planned = days.map(({ date, dags }) => ({
    date,
    runs: dags.map((dag) => toRun(dag, date, options)),
  }));
  const runs = planned.flatMap((day) => day.runs);
  try {
    // Before the transaction, which must not stay open while amoCRM is read.
    const prepared = await prepareOnce(runs, options.signal);
    return await writeAndRollBack(planned, prepared, options);
  } finally {
    for (const run of runs) await cleanUp(run, options.signal);
  }
}

function toRun(dag: Dag, date: Temporal.PlainDate, options: PlanOptions): RunSeenByTasks {
  return {
    config: options.config,
    ...options.report ? { report: options.report } : {},
    full: options.full ?? false,
    acceptDeletes: options.acceptDeletes ?? false,
    acceptEmptied: options.acceptEmptied ?? false,
    dag,
    date: date.toString(),
    logicalDate: date,
    runId: crypto.randomUUID(),
    dryRun: true,
    handedOver: new Map(),
    query: (path, values) => rollBack(options.warehouse, (tx) => querySqlFile(tx, path, values)),
  };
}

async function writeAndRollBack(
  days: readonly Day[],
  prepared: Prepared,
  { warehouse, signal }: PlanOptions,
): Promise<readonly PlannedDay[]> {
  return await rollBack(warehouse, async (tx) => {
    using _canceller = await cancelOnAbort(warehouse, tx, signal, log);
    const planned: PlannedDay[] = [];
    for (const day of days) planned.push(await writeDay(tx, day, prepared, signal));
    return planned;
  });
}

/** How each task stands for some dates, also in a warehouse of an older version, which stays as it is. */
export async function readStatesBefore(
  warehouse: Warehouse,
  dates: readonly Temporal.PlainDate[],
): Promise<TaskState[]> {
  const range = [String(dates[0]), String(dates.at(-1))] as const;
  return await rollBack(warehouse, (tx) => readTaskStates(tx, ...range));
}

/** Does something in a transaction that is rolled back, in which the warehouse is at this program's version. */
async function rollBack<T>(
  warehouse: Warehouse,
  work: (tx: TransactionSql) => Promise<T>,
): Promise<T> {
  const isBehind = (await listPending(warehouse)).length > 0;
  return await transact(warehouse.sql, async (tx) => {
    if (isBehind) await migrateInside(tx);
    return { result: await work(tx), stays: false };
  });
}

async function writeDay(
  tx: TransactionSql,
  { date, runs }: Day,
  prepared: Prepared,
  signal: AbortSignal,
): Promise<PlannedDay> {
  const outcomes: DagOutcome[] = [];
  const states = await readTaskStates(tx, date.toString());
  for (const run of runs) {
    const isBlocked = run.dag.waitsFor.some((upstream) =>
      outcomes.some(({ dagId, status }) => dagId === upstream.dag && status !== "dry run")
    );
    const tasks: TaskOutcome[] = [];
    for (const task of run.dag.tasks) {
      const goesOn = !isBlocked && tasks.every(({ status }) => status === "dry run");
      tasks.push(
        goesOn
          ? await writeTask(tx, run, task, prepared, signal)
          : emptyOutcome(task, "upstream_failed"),
      );
    }
    const isDone = tasks.every(({ status }) => status === "dry run");
    const status = isDone ? "dry run" : isBlocked ? "upstream_failed" : "failed";
    const message = describeMissing(run.dag, states, runs);
    outcomes.push({ dagId: run.dag.id, status, message, tasks });
  }
  return { date, outcomes };
}

/** What a DAG would wait for that is not part of the plan, so that its rows are missing; null for nothing. */
function describeMissing(
  dag: Dag,
  states: readonly TaskState[],
  runs: readonly RunSeenByTasks[],
): string | null {
  const names = blockersOf(dag, states)
    .filter((upstream) => !runs.some((run) => run.dag.id === upstream.dag)).map(nameOf);
  if (names.length === 0) return null;
  return `would wait for ${names.join(" and ")}: without what that brings`;
}

/** A failure costs the task alone: its part of the transaction is rolled back at once. */
async function writeTask(
  tx: TransactionSql,
  run: RunSeenByTasks,
  task: Task,
  prepared: Prepared,
  signal: AbortSignal,
): Promise<TaskOutcome> {
  const found = prepared.get(`${run.dag.id}.${task.id}`);
  if (found && "error" in found) return { ...emptyOutcome(task, "failed"), error: found.error };
  const context = contextOf(run, task, signal);
  try {
    signal.throwIfAborted();
    const result = await tx.savepoint((part) => write(part, task, context, found?.value));
    run.handedOver.set(task.id, result.metrics);
    const rows = result.rowsWritten ?? result.rowsRead ?? null;
    return { ...emptyOutcome(task, "dry run"), rows, metrics: result.metrics };
  } catch (error) {
    signal.throwIfAborted();
    return { ...emptyOutcome(task, "failed"), error: errorText(error) };
  } finally {
    run.report?.(run.dag.id, task.id, null);
  }
}

async function write(
  tx: TransactionSql,
  task: Task,
  context: TaskContext,
  prepared: unknown,
): Promise<TaskResult> {
  const written = task.write ? await task.write(tx, context, prepared) : asResult(task, prepared);
  const result = await passChecks(tx, task.id, context, written);
  // The next file makes its own under the same names, and this transaction has not ended.
  await querySqlFile(tx, "ops/drop_temporary_tables.sql", []);
  return result;
}

/** By "dag.task": what it read outside the database, or why it could not. */
export type Prepared = ReadonlyMap<
  string,
  { readonly value: unknown } | { readonly error: string }
>;

/**
 * Does what the tasks of a plan do outside the database, once for all runs of a task, and hands over what they
 * hand over. Throws the reason of `signal` when that aborts.
 */
export async function prepareOnce(
  runs: readonly RunSeenByTasks[],
  signal: AbortSignal,
): Promise<Prepared> {
  const prepared = new Map<string, { value: unknown } | { error: string }>();
  for (const run of runs) {
    for (const task of run.dag.tasks) {
      const name = `${run.dag.id}.${task.id}`;
      if (!prepared.has(name)) prepared.set(name, await prepare(run, task, signal));
      const found = prepared.get(name);
      if (task.write || !found || !("value" in found)) continue;
      run.handedOver.set(task.id, asResult(task, found.value).metrics);
    }
  }
  return prepared;
}

async function prepare(run: RunSeenByTasks, task: Task, signal: AbortSignal) {
  signal.throwIfAborted();
  try {
    return { value: await task.prepare?.(contextOf(run, task, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    return { error: errorText(error) };
  } finally {
    run.report?.(run.dag.id, task.id, null);
  }
}

/** Removes what the extracts of a plan have left: snapshots hold personal data. */
export async function cleanUp(run: RunSeenByTasks, signal: AbortSignal): Promise<void> {
  if (run.handedOver.size === 0) return;
  for (const task of run.dag.tasks) {
    await afterCommit(task, contextOf(run, task, signal));
  }
}
