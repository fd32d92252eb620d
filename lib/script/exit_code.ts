import { CommanderError } from "commander";
import { ConfigError } from "../config.ts";
import type { DagOutcome, DagStatus } from "../dag/outcome.ts";
import { LockedError } from "../file_lock.ts";

/** How every script of this program ends. */
export const EXIT_CODE = {
  done: 0,
  failed: 1,
  usage: 2,
  upstreamNotReady: 3,
  alreadyRunning: 4,
} as const;

const CODE_OF_STATUS: Readonly<Record<DagStatus, number>> = {
  "success": EXIT_CODE.done,
  "done": EXIT_CODE.done,
  "dry run": EXIT_CODE.done,
  "failed": EXIT_CODE.failed,
  "not_ready": EXIT_CODE.upstreamNotReady,
  "upstream_failed": EXIT_CODE.upstreamNotReady,
  "already_running": EXIT_CODE.alreadyRunning,
};

/** The exit code of a script that ran one DAG. */
export function exitCodeOfDag(outcome: DagOutcome): number {
  return CODE_OF_STATUS[outcome.status];
}

/** The exit code of a run of many DAGs: 4 when all that is in the way is another run, 1 when one failed. */
export function exitCodeOfDay(outcomes: readonly DagOutcome[]): number {
  const codes = outcomes.map(exitCodeOfDag).filter((code) => code !== EXIT_CODE.done);
  if (codes.length === 0) return EXIT_CODE.done;
  const onlyInTheWay = outcomes.every(({ status }) =>
    !["failed", "upstream_failed"].includes(status)
  );
  return onlyInTheWay && codes.includes(EXIT_CODE.alreadyRunning)
    ? EXIT_CODE.alreadyRunning
    : EXIT_CODE.failed;
}

/** The exit code of a script that an error ended. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof ConfigError) return EXIT_CODE.usage;
  if (error instanceof LockedError) return EXIT_CODE.alreadyRunning;
  // --help ends with commander's code 0, everything else it throws is wrong usage.
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT_CODE.done : EXIT_CODE.usage;
  }
  return EXIT_CODE.failed;
}
