import { createHash } from "node:crypto";
import { z } from "zod";
import { type AmoAnswer, AmoError } from "./answers.ts";

/** One page of a list that has rows. */
export interface AmoPage {
  /** The `_embedded` object: lists by name. Take them out with `listOf`. */
  readonly embedded: Readonly<Record<string, unknown>>;
  readonly hasNext: boolean;
  readonly serverTime: Temporal.Instant;
}

const pageShape = z.object({
  _embedded: z.record(z.string(), z.unknown()),
  _links: z.object({ next: z.object({ href: z.string() }).optional() }).optional(),
});

type Fetch = (url: URL, signal: AbortSignal) => Promise<AmoAnswer>;

/** A page with the address of the next one; null when the answer was a 204. */
interface RawPage extends AmoPage {
  readonly next: URL | null;
}

/**
 * Walks a list from `first` along `_links.next` and ends for certain.
 *
 * It goes on after a short page (amoCRM has them in the middle), stops on a 204 and where no `next` is
 * given, and throws `AmoError` when a page repeats an earlier one (routes that ignore `page` do that), when
 * a link leads back, or to another host. The next page is fetched while the consumer works on this one.
 */
export async function* walkPages(
  fetch: Fetch,
  first: URL,
  signal: AbortSignal,
): AsyncGenerator<AmoPage, void, undefined> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const guard = createGuard(first);
  const read = async (url: URL) => toPage(await fetch(url, both), url);
  let ahead: Promise<RawPage | null> | null = read(first);
  try {
    for (let number = 1; ahead; number++) {
      const page: RawPage | null = await ahead;
      if (page === null) return;
      guard.checkPage(page, number);
      ahead = page.next ? read(guard.checkLink(page.next)) : null;
      // Handled when it is awaited; until then a failure must not count as unhandled.
      ahead?.catch(() => {});
      const { embedded, hasNext, serverTime } = page;
      yield { embedded, hasNext, serverTime };
    }
  } finally {
    stop.abort(new Error("The consumer left"));
    // Waited for, so that no request outlives the walk; how it ended does not matter any more.
    await ahead?.catch(() => {});
  }
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
  return {
    checkPage({ embedded }: AmoPage, number: number): void {
      const digest = digestOf(embedded);
      if (digests.has(digest)) {
        throw new AmoError(
          `Cannot read ${first.pathname}: page ${number} repeats an earlier page, expected new rows: ` +
            "this route does not page, or its links go round in a circle",
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

// Links are left out: those of each row carry the page number, so they differ where the rows do not.
function digestOf(embedded: unknown): string {
  const text = JSON.stringify(embedded, (key, value) => key === "_links" ? undefined : value);
  return createHash("sha256").update(text).digest("base64");
}
