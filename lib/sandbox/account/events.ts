import type { SandboxClock } from "./clock.ts";
import type { Random } from "./random.ts";
import type { Switches } from "./switches.ts";

/** One entry of the event feed. */
export interface FeedEvent {
  /** A ULID in lower case. */
  readonly id: string;
  readonly type: string;
  readonly entityId: number;
  /** Singular: "lead", "contact", "company". */
  readonly entityType: string;
  /** 0: the API. */
  readonly createdBy: number;
  readonly createdAt: number;
  /** Sandbox time from which the feed shows it, in unix milliseconds. */
  readonly visibleAtMs: number;
  readonly after: readonly object[];
  readonly before: readonly object[];
}

/** What happened, without what the feed adds by itself. */
export interface Happening {
  readonly type: string;
  readonly entityId: number;
  readonly entityType: string;
  readonly createdBy?: number;
  readonly after?: readonly object[];
  readonly before?: readonly object[];
}

/** The account's own log of changes. */
export interface EventFeed {
  record(happening: Happening): void;
  /** Everything that is visible now, in the order in which it happened. */
  visible(): FeedEvent[];
}

const CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz";

/** An empty feed. Types listed in `missingEventTypes` are never recorded; `onRecord` is told of the others. */
export function createEventFeed(
  clock: SandboxClock,
  switches: Switches,
  random: Random,
  onRecord: (event: FeedEvent) => void = () => {},
): EventFeed {
  const events: FeedEvent[] = [];
  return {
    record(happening) {
      if (switches.missingEventTypes.includes(happening.type)) return;
      const nowMs = clock.nowMs();
      const event = {
        createdBy: 0,
        after: [],
        before: [],
        ...happening,
        id: createUlid(nowMs, random),
        createdAt: Math.floor(nowMs / 1000),
        visibleAtMs: nowMs + switches.eventLagMs,
      };
      events.push(event);
      onRecord(event);
    },
    visible: () => events.filter((event) => event.visibleAtMs <= clock.nowMs()),
  };
}

/** 48 bits of time, then 80 random ones, in Crockford's base 32 (github.com/ulid/spec). */
function createUlid(ms: number, random: Random): string {
  let time = "";
  let rest = ms;
  for (let digit = 0; digit < 10; digit++) {
    time = CROCKFORD.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return time + random.text(16, CROCKFORD);
}
