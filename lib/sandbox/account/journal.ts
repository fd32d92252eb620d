import type { CatalogElement } from "./catalogs.ts";
import type { SandboxClock } from "./clock.ts";
import type { FeedEvent } from "./events.ts";
import type { Lead } from "./leads.ts";

/** What happened to a record: how it was from `atMs` on. Times are unix milliseconds of the sandbox clock. */
export type Change =
  /** Lists and look-ups show it from `shownAtMs` on; null: it is nowhere any more. */
  | { atMs: number; shownAtMs: number; kind: "lead"; id: number; lead: Lead | null }
  | { atMs: number; shownAtMs: number; kind: "element"; id: number; element: CatalogElement }
  | { atMs: number; kind: "event"; event: FeedEvent };

/** A GET and what came back. */
export interface Answer {
  readonly kind: "answer";
  /** That of its `Date`. */
  readonly atMs: number;
  /** With the query. */
  readonly path: string;
  readonly status: number;
  /** The JSON; null when there is none. */
  readonly body: unknown;
  /** False when a fault kept it from the client, or spoilt it on the way. */
  isDelivered: boolean;
}

/** Everything that happened and everything that was shown, in order; for tests that judge what a reader made of it. */
export interface Journal {
  /** Off at first: an account that lives for weeks would fill the memory. */
  isKept: boolean;
  list(): readonly (Change | Answer)[];
  clear(): void;
  /** What follows is not kept while `isKept` is false. */
  leadChanged(id: number, lead: Lead | null, lagMs: number): void;
  elementChanged(element: CatalogElement): void;
  eventHappened(event: FeedEvent): void;
  answered(answer: Answer): void;
}

/** An empty journal. */
export function createJournal(clock: SandboxClock): Journal {
  let entries: (Change | Answer)[] = [];
  const add = (entry: () => Change | Answer) => {
    if (journal.isKept) entries.push(entry());
  };
  const journal: Journal = {
    isKept: false,
    list: () => entries,
    clear() {
      entries = [];
    },
    leadChanged: (id, lead, lagMs) =>
      add(() => {
        const atMs = clock.nowMs();
        return { atMs, shownAtMs: atMs + lagMs, kind: "lead", id, lead: structuredClone(lead) };
      }),
    elementChanged: (element) =>
      add(() => {
        const atMs = clock.nowMs();
        const copy = structuredClone(element);
        return { atMs, shownAtMs: atMs, kind: "element", id: element.id, element: copy };
      }),
    eventHappened: (event) => add(() => ({ atMs: clock.nowMs(), kind: "event", event })),
    answered: (answer) => add(() => answer),
  };
  return journal;
}
