import type { Logger } from "@logtape/logtape";
import type { AmoClient } from "./client.ts";
import { listOf } from "./pages.ts";

/** An event of a lead as far as a walk must know it; the rest is read when it lands. */
export interface LeadEvent {
  /** A ULID. */
  readonly id: string;
  readonly leadId: number;
  readonly type: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly record: unknown;
}

/** Takes the events of one page, and those that have no id, lead, type or time; the walk waits for it. */
export type EventSink = (
  events: readonly LeadEvent[],
  odd: readonly unknown[],
  observedAt: Temporal.Instant,
) => Promise<void>;

/** Which events to read, in unix seconds, both ends included. */
export interface EventWalk {
  /** Null: everything that the account still has. */
  readonly from: number | null;
  readonly to: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export const EVENTS_PATH = "/api/v4/events";

// What the Russian documentation allows; more is cut there, or is not.
const PAGE_SIZE = 100;

// Some speak of 100 pages at most; a walk goes on from the time that it has reached.
const PAGES_AT_ONCE = 50;

/** The account does not heed the bounds of time. */
class NotAsAsked extends Error {}

/**
 * Reads the events of leads, in whatever order the account gives them, and returns how many that were. An event
 * may be handed on twice: the feed goes on growing while it is read.
 *
 * Events of other entities are left out, though their ids may be those of leads. Where the account ignores the
 * bounds it takes every page there is, and hands on what lies within them.
 */
export async function walkLeadEvents(
  client: AmoClient,
  walk: EventWalk,
  sink: EventSink,
): Promise<number> {
  try {
    return await readByTime(client, walk, sink);
  } catch (error) {
    if (!(error instanceof NotAsAsked)) throw error;
    walk.log.warn("amoCRM did not filter events by time as asked: reading all of them");
    const { count } = await readPages(client, walk, sink, { mayStop: false });
    return count;
  }
}

async function readByTime(client: AmoClient, walk: EventWalk, sink: EventSink): Promise<number> {
  let span: { from: number | null; to: number } | null = { from: walk.from, to: walk.to };
  let count = 0;
  while (span !== null) {
    const part = await readPages(client, { ...walk, ...span }, sink, { mayStop: true });
    count += part.count;
    span = restOf(span, part);
  }
  return count;
}

interface ReadPart {
  readonly count: number;
  /** Unix seconds of the first and the last event that were read; null when all of the span is. */
  readonly reached: { readonly first: number; readonly last: number } | null;
}

/** What is left of a span: older events when the newest come first, else newer ones. */
function restOf(
  { from, to }: { readonly from: number | null; readonly to: number },
  { reached }: ReadPart,
) {
  if (reached === null) return null;
  return reached.first > reached.last ? { from, to: reached.last } : { from: reached.last, to };
}

/** All pages of a span, or, with `mayStop`, as many of them as one sequence should have. */
async function readPages(
  client: AmoClient,
  { from, to, signal }: EventWalk,
  sink: EventSink,
  { mayStop }: { readonly mayStop: boolean },
): Promise<ReadPart> {
  const bounds = from === null ? { to } : { from, to };
  const query = { filter: { entity: ["lead"], created_at: bounds }, limit: PAGE_SIZE };
  const times: number[] = [];
  let [count, pages] = [0, 0];
  for await (const page of client.pages(EVENTS_PATH, query, signal)) {
    const { events, odd } = sortOut(listOf(page, "events"));
    const within = events.filter(({ createdAt }) => createdAt >= (from ?? 0) && createdAt <= to);
    if (mayStop && within.length < events.length) throw new NotAsAsked();
    if (within.length + odd.length > 0) await sink(within, odd, page.serverTime);
    count += within.length;
    for (const { createdAt } of [events[0], events.at(-1)].filter((one) => one !== undefined)) {
      times.push(createdAt);
    }
    if (mayStop && ++pages >= PAGES_AT_ONCE && page.hasNext) {
      const reached = reachedBy(times);
      if (reached !== null) return { count, reached };
    }
  }
  return { count, reached: null };
}

/** Where a sequence stands that goes one way in time; null when it does not, or has not left its first second. */
function reachedBy(times: readonly number[]): ReadPart["reached"] {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const sign = Math.sign(last - first);
  const isSorted = times.every((time, i) => (time - (times[i - 1] ?? time)) * sign >= 0);
  return isSorted ? { first, last } : null;
}

function sortOut(records: readonly unknown[]): { events: LeadEvent[]; odd: unknown[] } {
  const events: LeadEvent[] = [];
  const odd: unknown[] = [];
  for (const record of records) {
    const { id, type, entity_id: leadId, entity_type: entity, created_at: createdAt } = keysOf(
      record,
    );
    // Leads and contacts may share an id.
    if (typeof entity === "string" && entity !== "lead") continue;
    const isWhole = typeof id === "string" && typeof type === "string" && entity === "lead" &&
      isNumber(leadId) && isNumber(createdAt);
    if (isWhole) events.push({ id, leadId, type, createdAt, record });
    else odd.push(record);
  }
  return { events, odd };
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function keysOf(record: unknown): {
  id?: unknown;
  type?: unknown;
  entity_id?: unknown;
  entity_type?: unknown;
  created_at?: unknown;
} {
  return typeof record === "object" && record !== null ? record : {};
}
