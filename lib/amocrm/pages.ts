import { createHash } from "node:crypto";
import { z } from "zod";
import { type AmoAnswer, AmoError } from "./answers.ts";
import { askBySize, createPageSize, type PageSize } from "./page_size.ts";

/** One page of a list that has rows. */
export interface AmoPage {
  /** The `_embedded` object: lists by name. Take them out with `listOf`. */
  readonly embedded: Readonly<Record<string, unknown>>;
  readonly hasNext: boolean;
  readonly serverTime: Temporal.Instant;
  /** How many rows of the list lie before its first one, by page number and `limit`; 0 when it has no `limit`. */
  readonly offset: number;
  /** How many rows were asked for; 0 when it has no `limit`. */
  readonly limit: number;
}

const pageShape = z.object({
  _embedded: z.record(z.string(), z.unknown()),
  _links: z.object({ next: z.object({ href: z.string() }).optional() }).optional(),
});

/** How a list is read. */
export interface PageSource {
  /** Throws `HeavyRead` when a page with a `limit` is too much for one answer. */
  readonly fetch: (url: URL, signal: AbortSignal) => Promise<AmoAnswer>;
  /** Called when pages become smaller, or larger again. */
  readonly onSize?: (rows: number) => void;
}

/** A page with the address of the next one. */
interface RawPage extends AmoPage {
  readonly next: URL | null;
}

/**
 * Walks a list from `first` along `_links.next` and ends for certain.
 *
 * It goes on after a short page (amoCRM has them in the middle), stops on a 204 and where no `next` is
 * given, and throws `AmoError` when a page repeats an earlier one (routes that ignore `page` do that), when
 * a link leads back, or to another host. The next page is fetched while the consumer works on this one.
 *
 * When the size of pages changes on the way, the next one starts at or before the place that was reached, and
 * what it repeats of the rows before is left out: nothing is lost or doubled.
 */
export async function* walkPages(
  { fetch, onSize }: PageSource,
  first: URL,
  signal: AbortSignal,
): AsyncGenerator<AmoPage, void, undefined> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const guard = createGuard(first);
  const walk: Walk = {
    size: createPageSize(limitOf(first) ?? 0, onSize),
    read: async (url) => toPage(await fetch(url, both), url),
    done: 0,
    isResized: false,
  };
  const recent: AmoPage[] = [];
  let ahead: Promise<RawPage | null> | null = readSized(walk, first);
  try {
    for (let number = 1; ahead; number++) {
      const page: RawPage | null = await ahead;
      if (page === null) return;
      const embedded = walk.isResized ? withoutRepeats(page, recent) : page.embedded;
      guard.checkPage(page, embedded, number);
      remember(recent, page);
      walk.done += rowsOf({ embedded }).length;
      if (page.next) fitServerLimit(walk, page.next, onSize);
      ahead = page.next ? readSized(walk, guard.checkLink(page.next)) : null;
      // Handled when it is awaited; until then a failure must not count as unhandled.
      ahead?.catch(() => {});
      const { hasNext, serverTime, offset, limit } = page;
      yield { embedded, hasNext, serverTime, offset, limit };
    }
  } finally {
    stop.abort(new Error("The consumer left"));
    // Waited for, so that no request outlives the walk; how it ended does not matter any more.
    await ahead?.catch(() => {});
  }
}

interface Walk {
  size: PageSize;
  readonly read: (url: URL) => Promise<RawPage | null>;
  /** Rows handed on, each once. */
  done: number;
  /** True once a page was not the one that its link named. */
  isResized: boolean;
}

/** Reads the page at `url`, or from the row that was reached on when pages have another size by now. */
async function readSized(walk: Walk, url: URL): Promise<RawPage | null> {
  const limit = limitOf(url);
  if (limit === null) return await walk.read(url);
  // Where pages came short, page numbers may point past what was read, or not: the nearer place is safe.
  const start = Math.min(walk.done, offsetOf(url));
  return await askBySize(walk.size, async (rows) => {
    if (rows === limit) return await walk.read(url);
    walk.isResized = true;
    const sized = new URL(url);
    sized.searchParams.set("page", String(Math.floor(start / rows) + 1));
    sized.searchParams.set("limit", String(rows));
    return await walk.read(sized);
  });
}

// Some routes give fewer rows than were asked for, and say so in their links alone.
function fitServerLimit(walk: Walk, next: URL, onSize: PageSource["onSize"]): void {
  const limit = limitOf(next);
  if (limit !== null && limit < walk.size.rows) walk.size = createPageSize(limit, onSize);
}

// As many as a page of the largest size can repeat, and as many again for pages that came short.
const REMEMBERED_ROWS = 500;

function remember(recent: AmoPage[], page: AmoPage): void {
  recent.push(page);
  const countAfterFirst = () => recent.slice(1).flatMap(rowsOf).length;
  while (countAfterFirst() >= REMEMBERED_ROWS) recent.shift();
}

function limitOf(url: URL): number | null {
  const limit = Number(url.searchParams.get("limit") ?? "");
  return Number.isSafeInteger(limit) && limit > 0 ? limit : null;
}

function offsetOf(url: URL): number {
  const page = Number(url.searchParams.get("page") ?? "1");
  return (limitOf(url) ?? 0) * (Number.isSafeInteger(page) && page > 0 ? page - 1 : 0);
}

function rowsOf(
  { embedded }: Pick<AmoPage, "embedded">,
): (readonly [list: string, row: unknown])[] {
  return Object.entries(embedded).flatMap(([list, rows]) =>
    Array.isArray(rows) ? rows.map((row) => [list, row] as const) : []
  );
}

/** The lists of a page without the rows that the pages before had just so. */
function withoutRepeats(page: AmoPage, before: readonly AmoPage[]): AmoPage["embedded"] {
  const known = new Set(before.flatMap(rowsOf).map(([list, row]) => `${list} ${toText(row)}`));
  return Object.fromEntries(
    Object.entries(page.embedded).map(([list, rows]) => [
      list,
      Array.isArray(rows) ? rows.filter((row) => !known.has(`${list} ${toText(row)}`)) : rows,
    ]),
  );
}

/** The page of an answer to `url`; null for a 204; throws `AmoError` for any other shape. */
export function toPage(answer: AmoAnswer, url: URL | string): RawPage | null {
  if (answer.body === null) return null;
  const path = typeof url === "string" ? url : url.pathname;
  const parsed = pageShape.safeParse(answer.body);
  if (!parsed.success) {
    throw new AmoError(
      `Cannot read ${path}: the answer has no list in "_embedded", expected one: check AMO_BASE_URL`,
      200,
    );
  }
  const href = parsed.data._links?.next?.href;
  return {
    embedded: parsed.data._embedded,
    hasNext: href !== undefined,
    serverTime: answer.serverTime,
    offset: typeof url === "string" ? 0 : offsetOf(url),
    limit: typeof url === "string" ? 0 : limitOf(url) ?? 0,
    next: href === undefined || typeof url === "string" ? null : new URL(href, url),
  };
}

/** The list `name` of a page; a page without it is an error, not an empty list. */
export function listOf(page: AmoPage, name: string): readonly unknown[] {
  const list = page.embedded[name];
  if (Array.isArray(list)) return list;
  throw new AmoError(
    `Cannot read a page of ${name}: "_embedded" has no list of that name, expected one: check AMO_BASE_URL`,
    200,
  );
}

function createGuard(first: URL) {
  const links = new Set([first.href]);
  const digests = new Set<string>();
  let repeatedRows = 0;
  return {
    /** `fresh` is what is left of the page without the rows of the pages before. */
    checkPage(page: AmoPage, fresh: AmoPage["embedded"], number: number): void {
      const hasFresh = rowsOf({ embedded: fresh }).length > 0;
      repeatedRows = hasFresh ? 0 : repeatedRows + rowsOf(page).length;
      const digest = digestOf(fresh);
      // A page of another size may repeat nothing but rows that were read, but not for long.
      const isRepeat = hasFresh || fresh === page.embedded
        ? digests.has(digest)
        : repeatedRows > REMEMBERED_ROWS;
      if (isRepeat) {
        throw new AmoError(
          `Cannot read ${first.pathname}: page ${number} repeats an earlier page, expected new rows: ` +
            "this route does not page, or its links go round in a circle: report it with this line",
          200,
        );
      }
      digests.add(digest);
    },
    checkLink(next: URL): URL {
      if (next.origin !== first.origin) {
        throw new AmoError(
          `Cannot read ${first.pathname}: the next page is on ${next.origin}, expected ${first.origin}: ` +
            "set AMO_BASE_URL to the address that the account itself uses",
          200,
        );
      }
      if (links.has(next.href)) {
        throw new AmoError(
          `Cannot read ${first.pathname}: the link to the next page leads to one already read, ` +
            "expected a new one: run again later",
          200,
        );
      }
      links.add(next.href);
      return next;
    },
  };
}

function digestOf(embedded: unknown): string {
  return createHash("sha256").update(toText(embedded)).digest("base64");
}

// Links are left out: those of each row carry the page number, so they differ where the rows do not.
function toText(value: unknown): string {
  return JSON.stringify(value, (key, inner) => key === "_links" ? undefined : inner) ?? "";
}
