import type { Logger } from "@logtape/logtape";
import type { AmoClient } from "./client.ts";
import {
  isAsAsked,
  type LeadPage,
  type LeadRow,
  LEADS_PATH,
  PAGE_SIZE,
  readLeadPage,
  type Span,
  toSeen,
} from "./lead_page.ts";
import { densityOf, type Range, splitWidest } from "./lead_ranges.ts";
import { readTies } from "./lead_ties.ts";
import { createPageSize, logPageSize, type PageSize } from "./page_size.ts";
import { createPlaces, type Place } from "./places.ts";

/** Takes records as they arrive, in no particular order; the scan waits for it, so memory stays flat. */
export type RecordSink = (
  records: readonly unknown[],
  observedAt: Temporal.Instant,
) => Promise<void>;

/** What to scan. */
export interface LeadScanOptions {
  /** Null: those of all pipelines. */
  readonly pipelineId: number | null;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Requests side by side, 6 unless told; see `workersFor`. */
  readonly workers?: number;
  readonly onProgress?: (leads: number) => void;
  /** Called when leads that were read by page number changed so often that no two passes agreed. */
  readonly onUnsettledTies?: () => void;
}

const DEFAULT_WORKERS = 6;

/** How many workers reach a rate up to 0.85 s of latency: 6 for 7 requests a second, 43 for 50 and more. */
export function workersFor(requestsPerSecond: number): number {
  return Math.min(43, Math.max(6, Math.ceil(requestsPerSecond * 0.85)));
}

/** What a scan found. */
export interface LeadScanCounts {
  /** Copies handed on. */
  readonly leads: number;
  /** Leads that the account gave although they are in other pipelines. */
  readonly otherPipelines: number;
  /** True when the account ignored filter or order, so that page numbers had to do. */
  readonly isFallback: boolean;
}

/** The account does not filter or order as asked. */
class NotAsAsked extends Error {}

/**
 * Reads all leads of a pipeline, or of all, with what they are linked to, while the account goes on changing.
 *
 * Page numbers over a changing list skip rows, so the position is a creation time: every request asks for
 * the first page from the last second on, and ranges of creation time are read side by side. Only leads of
 * one second that fill a page are read by number (`readTies`). A lead comes twice only when its `updated_at`
 * changed in between. Both ends are open, since a creation time can be written ahead too; what is created
 * meanwhile may come or not. An account of one page takes one request. When the
 * account ignores filter or order, the scan warns once and falls back to page numbers.
 */
export async function scanLeads(
  client: AmoClient,
  options: LeadScanOptions,
  sink: RecordSink,
): Promise<LeadScanCounts> {
  const scan = createScan(client, options, sink);
  let isFallback = false;
  try {
    await readByTime(scan);
  } catch (error) {
    if (!(error instanceof NotAsAsked)) throw error;
    options.log.warn(
      "amoCRM did not filter or order leads by creation time as asked: reading page by page, forward and backward, which takes twice as long",
    );
    isFallback = true;
    await readByPage(scan);
  }
  const { leads, otherPipelines } = scan.counts;
  return { leads, otherPipelines, isFallback };
}

interface Scan {
  readonly client: AmoClient;
  readonly options: LeadScanOptions;
  readonly sink: RecordSink;
  /** Id and `updated_at` of the leads of the first requests, which later ones partly give again. */
  readonly known: Map<number, number>;
  readonly active: Set<Range>;
  readonly running: Set<Promise<void>>;
  readonly stop: AbortController;
  readonly signal: AbortSignal;
  readonly size: PageSize;
  /** Of those who hold a page in memory, which is several times as large there. */
  readonly openPlace: () => Place;
  readonly counts: { leads: number; otherPipelines: number };
}

function createScan(client: AmoClient, options: LeadScanOptions, sink: RecordSink): Scan {
  const stop = new AbortController();
  const { workers = DEFAULT_WORKERS } = options;
  return {
    client,
    options,
    sink,
    known: new Map(),
    active: new Set(),
    running: new Set(),
    stop,
    signal: AbortSignal.any([options.signal, stop.signal]),
    size: createPageSize(PAGE_SIZE, logPageSize(options.log, LEADS_PATH)),
    // Most of their time workers wait for an answer, and one thread takes in what comes.
    openPlace: createPlaces(Math.max(4, Math.ceil(workers / 9))),
    counts: { leads: 0, otherPipelines: 0 },
  };
}

async function readByTime(scan: Scan): Promise<void> {
  const oldest = await readPage(scan, {}, "asc");
  await handOn(scan, oldest, []);
  remember(scan, oldest.rows);
  if (!oldest.mayContinue) return;
  // The newest page is needed anyway, and it is the proof that the order is kept: an account that
  // ignores it gives the same page again.
  const newest = await readPage(scan, {}, "desc");
  const rest = restBetween(oldest, newest);
  await handOn(scan, newest, [scan.known]);
  remember(scan, newest.rows);
  if (!rest) return;
  start(scan, rest);
  employIdle(scan);
  await finish(scan);
}

/** What lies between the two pages, null when nothing does; throws when they prove no order. */
function restBetween(oldest: LeadPage, newest: LeadPage): Range | null {
  const [first, last] = [oldest.rows[0], oldest.rows.at(-1)];
  const [latest, earliest] = [newest.rows[0], newest.rows.at(-1)];
  // Records that cannot be placed prove no order either.
  if (!first || !last) throw new NotAsAsked();
  // What the first request gave is gone by now, and there is nothing besides.
  if (newest.rows.length + newest.odd.length === 0) return null;
  if (!latest || !earliest) throw new NotAsAsked();
  // The same page twice. Many leads of one second look like that too: they are read as such.
  const isOneSecond = first.createdAt === last.createdAt && latest.createdAt === earliest.createdAt;
  if (first.createdAt === latest.createdAt && !isOneSecond) throw new NotAsAsked();
  if (earliest.createdAt < last.createdAt) return null;
  return {
    from: last.createdAt,
    to: earliest.createdAt,
    seen: new Map(),
    density: Math.max(
      densityOf(oldest.rows.length, first.createdAt, last.createdAt),
      densityOf(newest.rows.length, earliest.createdAt, latest.createdAt),
    ),
  };
}

function start(scan: Scan, range: Range): void {
  scan.active.add(range);
  const work = readRange(scan, range)
    // The first failure stops the others, and is the one that `finish` throws.
    .catch((error) => scan.stop.abort(error))
    .finally(() => {
      scan.active.delete(range);
      scan.running.delete(work);
      if (!scan.signal.aborted) employIdle(scan);
    });
  scan.running.add(work);
}

/** Lets idle workers take over half of what the busiest one has left. */
function employIdle(scan: Scan): void {
  const { workers = DEFAULT_WORKERS } = scan.options;
  while (scan.active.size < workers) {
    const half = splitWidest(scan.active);
    if (!half) return;
    start(scan, half);
  }
}

async function finish(scan: Scan): Promise<void> {
  while (scan.running.size > 0) await Promise.race(scan.running);
  scan.signal.throwIfAborted();
}

async function readRange(scan: Scan, range: Range): Promise<void> {
  while (range.from <= range.to) {
    const { from } = range;
    const seen = await readStep(scan, range);
    if (seen !== null) {
      await readSecond(scan, from, seen);
      range.seen = new Map();
      range.from = from + 1;
    }
    employIdle(scan);
  }
}

/** Hands on the next page; what is known of its second when that alone fills a page, else null. */
async function readStep(scan: Scan, range: Range): Promise<Map<number, number> | null> {
  using place = scan.openPlace();
  const { from, seen } = range;
  const page = await readPage(scan, { from, to: range.to }, "asc", () => place.take());
  // What lies beyond `to` by now belongs to the worker that took it over.
  const rows = page.rows.filter(({ createdAt }) => createdAt <= range.to);
  const isLast = !page.mayContinue || rows.length < page.rows.length;
  // Before the rows are handed on: while the sink works, nobody may take over what is read already.
  advance(range, rows, isLast);
  await handOn(scan, { ...page, rows }, [scan.known, seen]);
  return !isLast && range.from === from ? new Map([...seen, ...toSeen(rows)]) : null;
}

/** Moves the range past `rows`; it stays where it is when they are all of its first second. */
function advance(range: Range, rows: readonly LeadRow[], isLast: boolean): void {
  if (isLast) {
    range.from = range.to + 1;
    return;
  }
  const last = rows.at(-1);
  // More is to come, but there is no creation time to go on from.
  if (!last) throw new NotAsAsked();
  if (last.createdAt === range.from) return;
  range.density = densityOf(rows.length, range.from, last.createdAt);
  range.seen = toSeen(rows.filter(({ createdAt }) => createdAt === last.createdAt));
  range.from = last.createdAt;
}

/** Reads the leads of one second that fill more than a page. */
async function readSecond(scan: Scan, second: number, seen: Map<number, number>): Promise<void> {
  const { client, options: { pipelineId }, signal, size } = scan;
  const part = { pipelineId, column: "created_at", span: { from: second, to: second } } as const;
  const asked = { ...part, direction: "asc", size } as const;
  await readTies(client, asked, signal, async (page) => {
    if (!isAsAsked(page, asked)) throw new NotAsAsked();
    await handOn(scan, page, [scan.known, seen]);
    for (const { id, updatedAt } of page.rows) seen.set(id, updatedAt);
  }, scan.options.onUnsettledTies);
}

/** Page numbers over the whole list, in both directions: what moves between pages meanwhile is met on the way back. */
async function readByPage(scan: Scan): Promise<void> {
  // Not the scan's own signal, which has stopped the workers by then.
  const { client, options: { pipelineId, signal }, size } = scan;
  const part = { pipelineId, column: "created_at", span: {}, direction: "asc", size } as const;
  await readTies(client, part, signal, async (page) => {
    await handOn(scan, page, [scan.known]);
    remember(scan, page.rows);
  }, scan.options.onUnsettledTies);
}

async function readPage(
  scan: Scan,
  span: Span,
  direction: "asc" | "desc",
  admit?: () => Promise<void>,
): Promise<LeadPage> {
  const { client, options: { pipelineId }, signal, size } = scan;
  const part = { pipelineId, column: "created_at", span, direction, size } as const;
  const page = await readLeadPage(client, part, signal, admit);
  if (!isAsAsked(page, part)) throw new NotAsAsked();
  return page;
}

/** Gives the sink what is of the pipeline and not an exact repeat of something in `before`. */
async function handOn(
  scan: Scan,
  page: LeadPage,
  before: readonly ReadonlyMap<number, number>[],
): Promise<void> {
  const { counts, options, sink } = scan;
  const fresh = page.rows.filter(({ id, updatedAt }) =>
    !before.some((seen) => seen.get(id) === updatedAt)
  );
  const ours = fresh.filter(({ pipelineId }) =>
    options.pipelineId === null || pipelineId === options.pipelineId
  );
  counts.otherPipelines += fresh.length - ours.length;
  const records = [...ours.map(({ record }) => record), ...page.odd];
  if (records.length === 0 || page.serverTime === null) return;
  await sink(records, page.serverTime);
  counts.leads += records.length;
  options.onProgress?.(counts.leads);
}

function remember(scan: Scan, rows: readonly LeadRow[]): void {
  for (const { id, updatedAt } of rows) scan.known.set(id, updatedAt);
}
