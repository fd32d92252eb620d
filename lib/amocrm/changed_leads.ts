import type { Logger } from "@logtape/logtape";
import type { AmoClient } from "./client.ts";
import {
  isAsAsked,
  type LeadPage,
  type LeadPart,
  leadQuery,
  type LeadRow,
  LEADS_PATH,
  PAGE_SIZE,
  readLeadPage,
  sortOut,
  type Span,
  toSeen,
} from "./lead_page.ts";
import type { RecordSink } from "./lead_scan.ts";
import { readTies } from "./lead_ties.ts";
import { createPageSize, logPageSize, type PageSize } from "./page_size.ts";
import { listOf, toPage } from "./pages.ts";

/** Which changes to read. */
export interface ChangedLeadsOptions {
  /** Unix seconds of `updated_at`, included like the next. */
  readonly from: number;
  /** The CRM's time at the start of the run: what changes later is for the next run. */
  readonly to: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Called when the leads of one second changed so often that no two passes agreed. */
  readonly onUnsettledTies?: () => void;
}

/** The account did not filter or order leads by the time of their change as asked. */
export class NotFiltered extends Error {
  override readonly name = "NotFiltered";
}

/**
 * Reads the leads of all pipelines that changed in a span of time, while the account goes on changing, and returns
 * how many copies it handed on.
 *
 * Page numbers over a moving list skip rows, so the position is a time of change: every request asks for the first
 * page from the last second on. A lead that is edited meanwhile leaves the span, which nothing behind it minds,
 * and is for the next run. Only the leads of one second that fill a page are read by number (`readTies`).
 *
 * Throws `NotFiltered` when an answer shows that the account heeds filter or order of `updated_at` not, or when
 * an empty one cannot be proven to mean that nothing changed.
 */
export async function scanChangedLeads(
  client: AmoClient,
  options: ChangedLeadsOptions,
  sink: RecordSink,
): Promise<number> {
  const scan = createScan(client, options, sink);
  let { from } = options;
  let seen: Seen = new Map();
  while (from <= options.to) {
    const page = await readPage(scan, from);
    if (page.rows.length === 0 && page.odd.length === 0) await proveEmpty(scan, from);
    // The account may show a change that came between filtering and answering.
    const rows = page.rows.filter(({ updatedAt }) => updatedAt <= options.to);
    await handOn(scan, { ...page, rows }, seen);
    const last = rows.at(-1);
    if (!page.mayContinue || rows.length < page.rows.length) break;
    // More is to come, but there is no time to go on from.
    if (!last) throw new NotFiltered("a full page without a time of change");
    if (last.updatedAt > from) {
      seen = toSeen(rows.filter(({ updatedAt }) => updatedAt === last.updatedAt));
      from = last.updatedAt;
      continue;
    }
    await readSecond(scan, from, new Map([...seen, ...toSeen(rows)]));
    seen = new Map();
    from += 1;
  }
  return scan.counts.leads;
}

/** Id and `updated_at` of the leads of a second that were handed on already. */
type Seen = ReadonlyMap<number, number>;

interface Scan {
  readonly client: AmoClient;
  readonly options: ChangedLeadsOptions;
  readonly sink: RecordSink;
  readonly size: PageSize;
  readonly counts: { leads: number };
}

function createScan(client: AmoClient, options: ChangedLeadsOptions, sink: RecordSink): Scan {
  const size = createPageSize(PAGE_SIZE, logPageSize(options.log, LEADS_PATH));
  return { client, options, sink, size, counts: { leads: 0 } };
}

async function readPage(scan: Scan, from: number): Promise<LeadPage> {
  const { client, options: { to, signal } } = scan;
  const page = await readLeadPage(client, partOf(scan, { from, to }), signal);
  // Later than `to` is no offence, and it would come last.
  if (!isAsAsked(page, partOf(scan, { from }))) {
    throw new NotFiltered("rows that were not asked for, or in another order");
  }
  return page;
}

function partOf({ size }: Scan, span: Span): LeadPart {
  return { pipelineId: null, column: "updated_at", span, direction: "asc", size };
}

async function readSecond(scan: Scan, second: number, seen: Map<number, number>): Promise<void> {
  const part = partOf(scan, { from: second, to: second });
  await readTies(scan.client, part, scan.options.signal, async (page) => {
    if (!isAsAsked(page, part)) throw new NotFiltered("rows of another second");
    await handOn(scan, page, seen);
    for (const { id, updatedAt } of page.rows) seen.set(id, updatedAt);
  }, scan.options.onUnsettledTies);
}

/**
 * Shows that an empty answer means what it says. Had the filter been ignored, the answer would have had rows; so it
 * is left to show that the filter finds what there is: the newest lead before the span. Where it finds none, the
 * account must have no lead at all, or none but those that are newer than the span.
 */
async function proveEmpty(scan: Scan, from: number): Promise<void> {
  const before = await readNewest(scan, { from: 1, to: from - 1 });
  const newest = before ?? await readNewest(scan, {});
  const isProven = before
    ? before.updatedAt < from
    : newest === null || newest.updatedAt > scan.options.to;
  if (!isProven) throw new NotFiltered("an empty answer, though there are leads");
}

async function readNewest(
  { client, options: { signal } }: Scan,
  span: Span,
): Promise<LeadRow | null> {
  const query = leadQuery(null, {
    filter: { updated_at: { ...span } },
    order: { updated_at: "desc" },
    page: 1,
    limit: 1,
  });
  const page = toPage(await client.get(LEADS_PATH, query, signal), LEADS_PATH);
  return page ? sortOut(listOf(page, "leads")).rows[0] ?? null : null;
}

/** Gives the sink what was not read before in this second. */
async function handOn({ sink, counts }: Scan, page: LeadPage, seen: Seen): Promise<void> {
  const fresh = page.rows.filter(({ id, updatedAt }) => seen.get(id) !== updatedAt);
  const records = [...fresh.map(({ record }) => record), ...page.odd];
  if (records.length === 0 || page.serverTime === null) return;
  await sink(records, page.serverTime);
  counts.leads += records.length;
}
