/** What the emulated account thinks the time is. Every timestamp and every `Date` header comes from here. */
export interface SandboxClock {
  /** Unix milliseconds. */
  nowMs(): number;
  /** Unix seconds, the resolution of every timestamp in the API. */
  seconds(): number;
  /** Jumps to an ISO 8601 instant, or to a number of unix seconds. */
  set(instant: string | number | Temporal.Instant): void;
  /** Moves on by a duration such as `{ hours: 3 }` or "P1D"; a negative one moves back. A day is 24 hours. */
  advance(duration: Temporal.DurationLike | string): void;
  /** Time stands still until `resume`. */
  freeze(): void;
  resume(): void;
  readonly isFrozen: boolean;
}

/** A clock that starts at `start` (default: now) and runs on with `realMs`, a monotonic source in milliseconds. */
export function createClock(
  start?: string | number | Temporal.Instant,
  realMs: () => number = () => performance.now(),
): SandboxClock {
  let shownMs = start === undefined ? Temporal.Now.instant().epochMilliseconds : toMs(start);
  let anchorMs = realMs();
  let isFrozen = false;
  const nowMs = () => shownMs + (isFrozen ? 0 : Math.floor(realMs() - anchorMs));
  const jump = (toMs: number) => {
    shownMs = toMs;
    anchorMs = realMs();
  };
  return {
    nowMs,
    seconds: () => Math.floor(nowMs() / 1000),
    set: (instant) => jump(toMs(instant)),
    advance: (duration) => jump(nowMs() + Temporal.Duration.from(duration).total("milliseconds")),
    freeze() {
      jump(nowMs());
      isFrozen = true;
    },
    resume() {
      jump(nowMs());
      isFrozen = false;
    },
    get isFrozen() {
      return isFrozen;
    },
  };
}

function toMs(instant: string | number | Temporal.Instant): number {
  if (typeof instant === "number") return instant * 1000;
  return Temporal.Instant.from(instant).epochMilliseconds;
}
