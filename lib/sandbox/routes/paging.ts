import type { Context } from "hono";
import type { Place } from "../account/links.ts";
import type { Switches } from "../account/switches.ts";
import { hal, htmlPage, noContent } from "./problems.ts";
import { Refusal } from "./refusal.ts";

/** Which part of a list is asked for. */
export interface Page {
  readonly number: number;
  readonly limit: number;
}

/** Reads `page` and `limit`; a limit above the maximum is cut without a word, nonsense means the default. */
export function readPage(url: URL, defaultLimit = 50, maxLimit = 250): Page {
  const whole = (name: string) => {
    const value = Number(url.searchParams.get(name) ?? "");
    return Number.isInteger(value) && value > 0 ? value : undefined;
  };
  return {
    number: whole("page") ?? 1,
    limit: Math.min(whole("limit") ?? Math.min(defaultLimit, maxLimit), maxLimit),
  };
}

/** The same for a list that can be too heavy: refused with 504 when the switch `heavyPage` says so. */
export function readHeavyPage(
  url: URL,
  { heavyPage }: Switches,
  defaultLimit?: number,
  maxLimit?: number,
): Page {
  const page = readPage(url, defaultLimit, maxLimit);
  if (heavyPage !== null && page.limit > heavyPage) throw new Refusal(htmlPage(504));
  return page;
}

/** Where a page lies in its list. A short page is followed by one that starts where it ended. */
export function boundsOf(page: Page, shortPage: Switches["shortPage"]): [number, number] {
  const missing = shortPage === null ? 0 : Math.min(shortPage.missing, page.limit - 1);
  const before = shortPage !== null && page.number > shortPage.page ? missing : 0;
  const within = shortPage?.page === page.number ? missing : 0;
  const start = (page.number - 1) * page.limit - before;
  return [start, start + page.limit - within];
}

/** Everything that a list answer needs besides its rows. */
export interface ListOptions {
  readonly switches: Switches;
  readonly page: Page;
  /** Adds `_total_items` and `_page_count`, as custom fields and users have. */
  readonly withTotals?: boolean;
}

/** One page of a list, or 204 when it has no rows. */
export function listResponse<T>(
  context: Context,
  collection: string,
  rows: readonly T[],
  render: (row: T, place: Place) => unknown,
  options: ListOptions,
): Response {
  const { page, switches } = options;
  const [start, end] = boundsOf(page, switches.shortPage);
  const slice = rows.slice(start, end);
  if (slice.length === 0) return noContent();
  // A full last page still points on: amoCRM answers 204 there instead of counting.
  const hasNext = switches.nextOnLastPage || end < rows.length || slice.length === page.limit;
  const url = new URL(context.req.url);
  const place = { origin: url.origin, pageQuery: `?page=${page.number}&limit=${page.limit}` };
  const totals = options.withTotals
    ? { _total_items: rows.length, _page_count: Math.ceil(rows.length / page.limit) }
    : {};
  return hal({
    ...totals,
    _page: page.number,
    _links: pageLinks(url, page, hasNext),
    _embedded: { [collection]: slice.map((row) => render(row, place)) },
  });
}

function pageLinks(url: URL, page: Page, hasNext: boolean): Record<string, { href: string }> {
  const link = (number: number) => {
    const target = new URL(url);
    target.searchParams.set("page", String(number));
    target.searchParams.set("limit", String(page.limit));
    return { href: target.href };
  };
  return {
    self: link(page.number),
    ...(hasNext ? { next: link(page.number + 1) } : {}),
    ...(page.number > 1 ? { first: link(1), prev: link(page.number - 1) } : {}),
  };
}

/** The place of an answer that is not a list. */
export function placeOf(context: Context): Place {
  return { origin: new URL(context.req.url).origin, pageQuery: "" };
}
