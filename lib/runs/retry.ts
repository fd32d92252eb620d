import { EXIT_CODE, exitCodeOfDag, exitCodeOfDay } from "../script/exit_code.ts";
import type { DagOutcome } from "../dag/outcome.ts";

/** The exit code of a run of some DAGs: what all that are not done agree on, else that of a whole day. */
export function exitCodeOfRetry(outcomes: readonly DagOutcome[]): number {
  const codes = new Set(outcomes.map(exitCodeOfDag).filter((code) => code !== EXIT_CODE.done));
  const [only] = codes;
  return only !== undefined && codes.size === 1 ? only : exitCodeOfDay(outcomes);
}
