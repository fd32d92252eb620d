import pThrottle from "p-throttle";

/** Spaces the requests of one account evenly; shared by all clients of this process. */
export interface Pacer {
  /** Resolves when the next request may leave. */
  slot(): Promise<void>;
  /** After a 429: every request takes two slots for the next 30 s. */
  slowDown(): void;
}

/** The 8th request leaves 1.05 s after the first, so a server with a sliding second bears 50 ms of jitter. */
const HEADROOM = 1.05;
const SLOW_MS = 30_000;

const pacers = new Map<string, { readonly rate: number; readonly pacer: Pacer }>();

/**
 * The pacer of an account: amoCRM counts requests per account, so all clients of one origin share it.
 *
 * When clients ask for different rates, the lowest one holds for all of them from then on.
 */
export function sharedPacer(origin: string, requestsPerSecond: number): Pacer {
  const known = pacers.get(origin);
  if (known && known.rate <= requestsPerSecond) return known.pacer;
  const pacer = createPacer(requestsPerSecond);
  pacers.set(origin, { rate: requestsPerSecond, pacer });
  // A burnt slot, or the new pacer's first request could follow the old one's last too closely.
  if (known) void pacer.slot();
  return pacer;
}

/**
 * A pacer of its own: one slot per 1.05 / `requestsPerSecond` seconds. `nowMs` decides when a slow-down ends,
 * `nextSlot` resolves once per slot.
 */
export function createPacer(
  requestsPerSecond: number,
  nowMs: () => number = Date.now,
  nextSlot: () => Promise<void> = createSlots(requestsPerSecond),
): Pacer {
  let slowUntilMs = 0;
  let turn = Promise.resolve();
  const take = async () => {
    await nextSlot();
    if (nowMs() < slowUntilMs) await nextSlot();
  };
  return {
    slot() {
      // One after the other: requests that wait for their second slots together would leave in a burst.
      turn = turn.then(take);
      return turn;
    },
    slowDown() {
      slowUntilMs = nowMs() + SLOW_MS;
    },
  };
}

function createSlots(requestsPerSecond: number): () => Promise<void> {
  // One per interval, not seven per second: bursts are what a server's jitter turns into 429s. `weight`
  // makes p-throttle check the distance again when a timer fires late, else two would leave back to back.
  return pThrottle({
    limit: 1,
    interval: Math.ceil((1000 / requestsPerSecond) * HEADROOM),
    strict: true,
    weight: () => 1,
  })(() => Promise.resolve());
}
