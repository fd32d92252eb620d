import pRetry from "p-retry";
import { type Sleep, sleep } from "../sleep.ts";
import { RetryableAnswer, type WaitKind } from "./answers.ts";

/** How often and how patiently a request is repeated. */
export interface RetryPolicy {
  /** Tries in all, the first one included. */
  readonly tries: number;
  /** Wait before the second try, doubled before each further one; a jitter takes up to half of it off. */
  readonly waitMs: Readonly<Record<WaitKind, number>>;
  readonly random: () => number;
  readonly sleep: Sleep;
}

export const DEFAULT_RETRY: RetryPolicy = {
  tries: 5,
  // A paid account answers 402 for up to nine minutes at night: these waits and the task's own tries outlast that.
  waitMs: { short: 500, limited: 1_000, unpaid: 30_000 },
  random: Math.random,
  sleep,
};

/** Calls `attempt` with 1, 2, … until it succeeds; only a `RetryableAnswer` is followed by another call. */
export async function retryAnswers<T>(
  attempt: (number: number) => Promise<T>,
  policy: RetryPolicy,
  signal: AbortSignal,
  beforeWait: (error: RetryableAnswer, waitMs: number) => void = () => {},
): Promise<T> {
  return await pRetry(attempt, {
    retries: policy.tries - 1,
    // p-retry knows one wait for all failures; ours depends on the kind, so it waits in the hook below.
    minTimeout: 0,
    signal,
    shouldRetry: ({ error }) => error instanceof RetryableAnswer,
    onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
      if (!(error instanceof RetryableAnswer) || retriesLeft === 0) return;
      const waitMs = waitBefore(attemptNumber + 1, error.wait, policy);
      beforeWait(error, waitMs);
      await policy.sleep(waitMs, signal);
    },
  });
}

/** Milliseconds before try `number` (2, 3, …): between half and all of the doubled step. */
export function waitBefore(number: number, kind: WaitKind, policy: RetryPolicy): number {
  return policy.waitMs[kind] * 2 ** (number - 2) * (1 - policy.random() / 2);
}
