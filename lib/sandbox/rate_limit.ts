import { htmlPage } from "./routes/problems.ts";
import type { Switches } from "./account/switches.ts";

/** The gateway's count of requests, in real time: moving the sandbox clock does not make room. */
export interface RateLimit {
  /** Counts a request; 429 when there are too many, 403 once the account is blocked, else undefined. */
  refusal(): Response | undefined;
}

const BLOCK_WINDOW_MS = 60_000;

/** A sliding second. Refused requests are not counted, but too many of them block the account. */
export function createRateLimit(switches: Switches, realMs: () => number): RateLimit {
  let accepted: number[] = [];
  let refused: number[] = [];
  let isBlocked = false;
  return {
    refusal() {
      const now = realMs();
      const { requestsPerSecond, blockAfter429 } = switches;
      // Both switches lift what they have caused: support has unblocked the account.
      if (requestsPerSecond === null || blockAfter429 === null) isBlocked = false;
      if (isBlocked) return htmlPage(403);
      if (requestsPerSecond === null) return undefined;
      accepted = accepted.filter((time) => now - time < 1000);
      if (accepted.length < requestsPerSecond) {
        accepted.push(now);
        return undefined;
      }
      refused = [...refused.filter((time) => now - time < BLOCK_WINDOW_MS), now];
      if (blockAfter429 === null || refused.length <= blockAfter429) return htmlPage(429);
      isBlocked = true;
      refused = [];
      return htmlPage(403);
    },
  };
}
