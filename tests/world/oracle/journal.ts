import { dig, isObject, type Json } from "./values.ts";

/** A GET of the pipeline that reached it: when, for what, and what came. Times are unix seconds. */
export interface AnswerSeen {
  readonly at: number;
  readonly path: string;
  readonly params: URLSearchParams;
  readonly status: number;
  readonly body: unknown;
  readonly isDelivered: boolean;
}

/** How a lead or an element was from a time on; `shown` null: nowhere. Times are unix milliseconds. */
export interface StateNoted {
  readonly atMs: number;
  readonly shownAtMs: number;
  readonly id: number;
  readonly shown: Json | null;
}

/** An event of the CRM; `shownAtMs` is when the feed has it. */
export interface EventNoted {
  readonly id: string;
  readonly type: string;
  readonly entityId: number;
  readonly entityType: string;
  readonly createdAt: number;
  readonly before: readonly unknown[];
  readonly after: readonly unknown[];
  readonly shownAtMs: number;
}

/** What a sandbox noted between two moments, sorted out. */
export interface Noted {
  readonly leads: readonly StateNoted[];
  /** By the id of the catalog. */
  readonly elements: ReadonlyMap<number, readonly StateNoted[]>;
  readonly events: readonly EventNoted[];
  readonly answers: readonly AnswerSeen[];
}

export function sortOut(entries: readonly object[]): Noted {
  const all = entries.filter(isObject);
  const ofKind = (kind: string) => all.filter((entry) => entry.kind === kind);
  const elements = Map.groupBy(ofKind("element"), ({ catalogId }) => Number(catalogId));
  return {
    leads: ofKind("lead").map(toState),
    elements: new Map([...elements].map(([id, states]) => [id, states.map(toState)])),
    events: ofKind("event").map(toEvent),
    answers: ofKind("answer").map(toAnswer),
  };
}

function toState({ atMs, shownAtMs, id, shown }: Json): StateNoted {
  return {
    atMs: Number(atMs),
    shownAtMs: Number(shownAtMs),
    id: Number(id),
    shown: isObject(shown) ? shown : null,
  };
}

function toEvent({ event }: Json): EventNoted {
  const list = (value: unknown) => Array.isArray(value) ? value : [];
  return {
    id: String(dig(event, "id")),
    type: String(dig(event, "type")),
    entityId: Number(dig(event, "entityId")),
    entityType: String(dig(event, "entityType")),
    createdAt: Number(dig(event, "createdAt")),
    before: list(dig(event, "before")),
    after: list(dig(event, "after")),
    shownAtMs: Number(dig(event, "visibleAtMs")),
  };
}

function toAnswer({ atMs, path, status, body, isDelivered }: Json): AnswerSeen {
  const url = new URL(String(path), "http://crm.test");
  return {
    at: Math.floor(Number(atMs) / 1000),
    path: url.pathname,
    params: url.searchParams,
    status: Number(status),
    body,
    isDelivered: isDelivered === true,
  };
}

/** The rows of a list in an answer. */
export function rowsOf({ body }: AnswerSeen, collection: string): readonly Json[] {
  const rows = dig(body, "_embedded", collection);
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}
