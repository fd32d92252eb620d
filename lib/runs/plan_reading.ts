import type { Task } from "../dag/dag.ts";
import { errorText } from "../log/error_text.ts";
import { contextOf, type RunSeenByTasks } from "../runner/run.ts";
import { asResult } from "../runner/one_try.ts";

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
    const context = contextOf(run, task, signal);
    try {
      await task.afterCommit?.(context);
    } catch (error) {
      context.log.warn("Cannot clean up after {task}: {error}", {
        task: task.id,
        error: errorText(error),
      });
    }
  }
}
