import assert from "node:assert/strict";
import { boundsOf } from "../../../lib/sandbox/routes/paging.ts";
import {
  addLeads,
  at,
  each,
  type OpenSandbox,
  openSandbox,
  ORIGIN,
} from "../../support/sandbox_calls.ts";

async function openWith(count: number, switches = {}): Promise<OpenSandbox> {
  const open = openSandbox({ switches });
  const leads = Array.from({ length: count }, (_, index) => ({ name: String(index + 1) }));
  for (let start = 0; start < count; start += 250) {
    await addLeads(open, leads.slice(start, start + 250));
  }
  return open;
}

/** Follows `next` to its end, or for 20 pages: the names on each page. */
async function walk(open: OpenSandbox, path: string): Promise<unknown[][]> {
  const pages: unknown[][] = [];
  let next: unknown = ORIGIN + path;
  while (typeof next === "string" && pages.length < 20) {
    const { status, body } = await open.call("GET", next.slice(ORIGIN.length));
    if (status === 204) return pages;
    pages.push(each(body, "leads", "name"));
    next = at(body, "_links", "next", "href");
  }
  return pages;
}

Deno.test("GET /leads cuts a limit above 250 without a word and defaults to 50", async () => {
  const open = await openWith(260);
  const sizes = await Promise.all(
    ["limit=251", "limit=500", "limit=249", "limit=0", "limit=x", ""].map(async (query) =>
      each((await open.call("GET", `/api/v4/leads?${query}`)).body, "leads", "id").length
    ),
  );
  assert.deepEqual(sizes, [250, 250, 249, 50, 50, 50]);
});

Deno.test("GET /leads links with absolute addresses that repeat every parameter", async () => {
  const open = await openWith(3);
  const { body } = await open.call(
    "GET",
    "/api/v4/leads?filter[name][]=2&filter[name][]=3&limit=1&page=2",
  );
  const base =
    `${ORIGIN}/api/v4/leads?filter%5Bname%5D%5B%5D=2&filter%5Bname%5D%5B%5D=3&limit=1&page=`;
  assert.deepEqual(at(body, "_links"), {
    self: { href: `${base}2` },
    // The last page is full: the list does not know that nothing follows.
    next: { href: `${base}3` },
    first: { href: `${base}1` },
    prev: { href: `${base}1` },
  });
  assert.equal(at(body, "_page"), 2);
});

Deno.test("GET /leads answers 204 beyond the end and after a full last page", async () => {
  const open = await openWith(4);
  assert.equal((await open.call("GET", "/api/v4/leads?limit=2&page=3")).status, 204);
  assert.deepEqual(await walk(open, "/api/v4/leads?limit=2"), [["1", "2"], ["3", "4"]]);
  assert.deepEqual(await walk(open, "/api/v4/leads?limit=3"), [["1", "2", "3"], ["4"]]);
});

Deno.test("GET /leads points on from every page with the switch nextOnLastPage", async () => {
  const open = await openWith(1, { nextOnLastPage: true });
  const { body } = await open.call("GET", "/api/v4/leads?limit=2");
  assert.equal(at(body, "_links", "next", "href"), `${ORIGIN}/api/v4/leads?limit=2&page=2`);
  assert.deepEqual(await walk(open, "/api/v4/leads?limit=2"), [["1"]]);
});

Deno.test("GET /leads gives a short middle page and loses nothing with the switch shortPage", async () => {
  const open = await openWith(7, { shortPage: { page: 2, missing: 2 } });
  assert.deepEqual(await walk(open, "/api/v4/leads?limit=3"), [
    ["1", "2", "3"],
    ["4"],
    ["5", "6", "7"],
  ]);
});

Deno.test("boundsOf() keeps at least one row on a short page", () => {
  const short = { page: 1, missing: 9 };
  assert.deepEqual(boundsOf({ number: 1, limit: 3 }, short), [0, 1]);
  assert.deepEqual(boundsOf({ number: 2, limit: 3 }, short), [1, 4]);
});

Deno.test("GET /leads shifts its pages when a lead is touched or deleted between two of them", async () => {
  const touched = await openWith(4);
  touched.sandbox.clock.advance({ seconds: 1 });
  touched.sandbox.faults.add({ kind: "touch_leads", count: 1 });
  // "1" moves to the end and is seen twice, "3" moves up to the first page and is never seen.
  assert.deepEqual(await walk(touched, "/api/v4/leads?limit=2"), [["1", "2"], ["4", "1"]]);
  const deleted = await openWith(4);
  deleted.sandbox.faults.add({ kind: "delete_lead" });
  assert.deepEqual(await walk(deleted, "/api/v4/leads?limit=2&order[id]=asc"), [["1", "2"], ["4"]]);
});
