import type { Task } from "./dag.ts";
import type { EndReason } from "./end_reason.ts";
import type { Metrics } from "../warehouse/sql_file.ts";

/** `done`: succeeded before; the others are as in the run log, and `dry run` wrote nothing. */
export type TaskStatus = "success" | "done" | "dry run" | "failed" | "upstream_failed" | "waiting";

export interface TaskOutcome {
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly rows: number | null;
  readonly seconds: number | null;
  readonly metrics: Metrics | null;
  /** Why it did not succeed; null when it did, or did not begin. */
  readonly reason: EndReason | null;
  readonly error: string | null;
}

/**
 * - `success`: each task has succeeded, now or (`done`) before
 * - `not_ready`: an upstream has not succeeded yet; nothing was written
 * - `upstream_failed`: an upstream has failed, which the run log now says of these tasks too
 * - `already_running`: another worker has it
 */
export type DagStatus =
  | "success"
  | "done"
  | "dry run"
  | "failed"
  | "not_ready"
  | "upstream_failed"
  | "already_running";

export interface DagOutcome {
  readonly dagId: string;
  readonly status: DagStatus;
  /** A sentence for people; null when there is nothing to say beyond the tasks. */
  readonly message: string | null;
  readonly tasks: readonly TaskOutcome[];
}

/** A status as people read it everywhere: "upstream failed". */
export function statusWords(status: string): string {
  return status.replaceAll("_", " ");
}

/** The outcome of a task that did not run. */
export function emptyOutcome(task: Task, status: TaskStatus): TaskOutcome {
  return {
    taskId: task.id,
    status,
    rows: null,
    seconds: null,
    metrics: null,
    reason: null,
    error: null,
  };
}
