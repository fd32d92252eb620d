import { TransientError } from "../transient_error.ts";
import { StopError } from "../stop_signal.ts";

/** Why an attempt ended as it did; `ops.run_log.reason` says what each means. */
export type EndReason =
  | "error"
  | "check"
  | "account"
  | "budget"
  | "worker_died"
  | "stopped"
  | "cancelled"
  | "wait_timeout"
  | "upstream"
  | "marked";

/** A person asked for the end of this run. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";
}

/** One try took longer than it may; the next one may be quicker. */
export class BudgetError extends TransientError {}

/** Why a task that threw has ended. */
export function endReasonOf(error: unknown): EndReason {
  if (error instanceof StopError) return "stopped";
  if (error instanceof CancelledError) return "cancelled";
  return error instanceof BudgetError ? "budget" : "error";
}
