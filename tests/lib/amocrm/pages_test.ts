import assert from "node:assert/strict";
import fc from "fast-check";
import { HeavyRead } from "../../../lib/amocrm/answers.ts";
import { walkPages } from "../../../lib/amocrm/pages.ts";

interface List {
  readonly rows: number;
  /** The most rows that the list manages, for each answer; the last one for all further ones. */
  readonly manages: readonly number[];
  /** The most rows that it gives, whatever is asked for. */
  readonly most?: number;
  /** This page is so many rows short: the next one goes on from there, or the rows are nobody's to see. */
  readonly short?: { readonly page: number; readonly missing: number; readonly areHidden: boolean };
  readonly nextOnLastPage?: boolean;
}

/** Answers like amoCRM: by page number, with a link that repeats the query. */
function serveList({ rows, manages, most = 250, short, nextOnLastPage = false }: List) {
  const asked: string[] = [];
  const fetch = (url: URL) => {
    const page = Number(url.searchParams.get("page") ?? 1);
    const limit = Number(url.searchParams.get("limit"));
    asked.push(`${page} of ${limit}`);
    const manageable = manages[Math.min(asked.length, manages.length) - 1] ?? 250;
    // The client does not give up on pages of 10.
    if (limit > Math.max(10, manageable)) return Promise.reject(new HeavyRead("504"));
    const given = Math.min(limit, most);
    const missing = Math.min(short?.missing ?? 0, given - 1);
    const isShort = page === short?.page;
    const shift = short && !short.areHidden && page > short.page ? missing : 0;
    const start = (page - 1) * given - shift;
    const end = Math.min(rows, start + given - (isShort ? missing : 0));
    const hasNext = nextOnLastPage || end < rows;
    const next = new URL(url);
    next.searchParams.set("page", String(page + 1));
    next.searchParams.set("limit", String(given));
    const leads = Array.from({ length: Math.max(0, end - start) }, (_, i) => ({
      id: start + i,
      _links: { self: { href: `?page=${page}&limit=${given}` } },
    }));
    const body = leads.length === 0 ? null : {
      _embedded: { leads },
      _links: hasNext ? { next: { href: next.href } } : {},
    };
    const serverTime = Temporal.Instant.fromEpochMilliseconds(0);
    return Promise.resolve({ body, serverTime, isDated: true });
  };
  return { fetch, asked };
}

async function walk(list: List) {
  const { fetch, asked } = serveList(list);
  const sizes: number[] = [];
  const source = { fetch, onSize: (rows: number) => sizes.push(rows) };
  const first = new URL("https://a.amocrm.ru/api/v4/leads?limit=250");
  const ids: unknown[] = [];
  for await (const { embedded } of walkPages(source, first, new AbortController().signal)) {
    const { leads } = embedded;
    if (!Array.isArray(leads)) throw new Error("found no list of leads");
    ids.push(...leads.map(({ id }) => id));
  }
  return { ids, asked, sizes };
}

const upTo = (count: number) => Array.from({ length: count }, (_, id) => id);

Deno.test("walkPages() goes on with half a page where a page is too heavy", async () => {
  const { ids, asked, sizes } = await walk({ rows: 600, manages: [250, 100] });
  assert.deepEqual(ids, upTo(600));
  assert.deepEqual(asked, [
    "1 of 250",
    "2 of 250",
    "3 of 125",
    // Rows 248 and 249 come once more.
    "5 of 62",
    "6 of 62",
    "7 of 62",
    "8 of 62",
    "9 of 62",
    "10 of 62",
  ]);
  assert.deepEqual(sizes, [125, 62]);
});

Deno.test("walkPages() reads a list that is too heavy from the start", async () => {
  const { ids, asked } = await walk({ rows: 130, manages: [100] });
  assert.deepEqual(ids, upTo(130));
  assert.deepEqual(asked, ["1 of 250", "1 of 125", "1 of 62", "2 of 62", "3 of 62"]);
});

Deno.test("walkPages() takes the size of a list that gives fewer rows than it is asked for", async () => {
  const { ids, asked } = await walk({ rows: 120, manages: [250], most: 50 });
  assert.deepEqual(ids, upTo(120));
  assert.deepEqual(asked, ["1 of 250", "2 of 50", "3 of 50"]);
});

Deno.test("walkPages() loses and doubles nothing, however page sizes change on the way", async () => {
  const short = fc.option(
    fc.record({ page: fc.integer({ min: 1, max: 9 }), missing: fc.integer({ min: 1, max: 20 }) }),
    { nil: undefined },
  );
  const list = fc.record({
    rows: fc.nat(1500),
    manages: fc.array(fc.integer({ min: 5, max: 300 }), { minLength: 1, maxLength: 60 }),
    most: fc.constantFrom(250, 250, 100, 50),
    nextOnLastPage: fc.boolean(),
    short,
  });
  await fc.assert(
    fc.asyncProperty(list, async ({ short, ...rest }) => {
      const shortPage = short && { ...short, areHidden: false };
      const { ids } = await walk({ ...rest, ...(shortPage ? { short: shortPage } : {}) });
      assert.deepEqual(ids, upTo(rest.rows));
    }),
    { numRuns: 100 },
  );
});

Deno.test("walkPages() loses nothing behind a page with rows that are hidden", async () => {
  const short = { page: 2, missing: 7, areHidden: true };
  const { ids } = await walk({ rows: 900, manages: [250, 250, 100], short });
  // The smaller page shows the hidden rows too.
  assert.deepEqual(ids, upTo(900));
});

Deno.test("walkPages() ends when a list gives the same page whatever page and size are asked for", async () => {
  let answers = 0;
  const fetch = (url: URL) => {
    if (++answers === 2) return Promise.reject(new HeavyRead("504"));
    const next = new URL(url);
    next.searchParams.set("page", String(answers + 1));
    const leads = upTo(200).map((id) => ({ id }));
    const body = { _embedded: { leads }, _links: { next: { href: next.href } } };
    const serverTime = Temporal.Instant.fromEpochMilliseconds(0);
    return Promise.resolve({ body, serverTime, isDated: true });
  };
  const first = new URL("https://a.amocrm.ru/api/v4/leads?limit=200");
  await assert.rejects(
    Array.fromAsync(walkPages({ fetch }, first, new AbortController().signal)),
    {
      message:
        "Cannot read /api/v4/leads: page 4 repeats an earlier page, expected new rows: this route does " +
        "not page, or its links go round in a circle: report it with this line",
    },
  );
});
