import { AmoError } from "../amocrm/answers.ts";
import { CheckError } from "../checks/gate.ts";
import { type EndReason, endReasonOf } from "../dag/end_reason.ts";

/** Why a task that threw has ended: by what it threw, never by its words. */
export function failureReasonOf(error: unknown): EndReason {
  if (error instanceof CheckError) return "check";
  return error instanceof AmoError ? "account" : endReasonOf(error);
}
