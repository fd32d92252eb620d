import type { AmoClient } from "./client.ts";
import { askBySize, type PageSize } from "./page_size.ts";
import { listOf, toPage } from "./pages.ts";
import type { Query } from "./query.ts";

/** amoCRM cuts a larger limit down to this without a word. */
export const PAGE_SIZE = 250;
export const LEADS_PATH = "/api/v4/leads";

/** A lead as the scan sees it; everything else in it is read after the snapshot. */
export interface LeadRow {
  readonly id: number;
  /** Unix seconds, like the next. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly pipelineId: number | null;
  readonly record: unknown;
}

/** A time by which leads are filtered and ordered. */
export type TimeColumn = "created_at" | "updated_at";

/** One page of leads of a span of times. */
export interface LeadPage {
  readonly rows: readonly LeadRow[];
  /** Records without a whole id and times: they cannot be placed, but must not get lost either. */
  readonly odd: readonly unknown[];
  /** False only when the answer says that nothing follows, and is too short for anything to follow. */
  readonly mayContinue: boolean;
  readonly serverTime: Temporal.Instant | null;
}

/** Times in unix seconds, both ends included; without an end it is open there. */
export interface Span {
  readonly from?: number;
  readonly to?: number;
}

/** What all requests of a scan have in common: the linked cars and clients, and the pipeline unless it is null. */
export function leadQuery(pipelineId: number | null, more: Query): Query {
  const ofPipeline: Query = pipelineId === null ? {} : { pipeline_id: [pipelineId] };
  return {
    with: "catalog_elements",
    ...more,
    filter: { ...ofPipeline, ...(isQuery(more.filter) ? more.filter : {}) },
  };
}

function isQuery(value: Query[string]): value is Query {
  return typeof value === "object" && !Array.isArray(value);
}

/** What to read of the leads of a span of times, oldest or newest first, and how many rows of it at once. */
export interface LeadPart {
  readonly pipelineId: number | null;
  readonly column: TimeColumn;
  readonly span: Span;
  readonly direction: "asc" | "desc";
  readonly size: PageSize;
}

/** The first page of a part, taken in when `admit` allows it. */
export async function readLeadPage(
  client: AmoClient,
  { pipelineId, column, span: { from, to }, direction, size }: LeadPart,
  signal: AbortSignal,
  admit?: () => Promise<void>,
): Promise<LeadPage> {
  return await askBySize(size, async (limit) => {
    const query = leadQuery(pipelineId, {
      filter: { [column]: { from, to } },
      order: { [column]: direction },
      page: 1,
      limit,
    });
    const page = toPage(await client.getPart(LEADS_PATH, query, signal, admit), LEADS_PATH);
    if (page === null) return { rows: [], odd: [], mayContinue: false, serverTime: null };
    const records = listOf(page, "leads");
    return {
      ...sortOut(records),
      mayContinue: page.hasNext || records.length >= limit,
      serverTime: page.serverTime,
    };
  });
}

/** Tells records that can be placed by id and times from those that cannot. */
export function sortOut(records: readonly unknown[]): { rows: LeadRow[]; odd: unknown[] } {
  const rows: LeadRow[] = [];
  const odd: unknown[] = [];
  for (const record of records) {
    const row = toRow(record);
    if (row) rows.push(row);
    else odd.push(record);
  }
  return { rows, odd };
}

/** Id and `updated_at` of rows: by both a copy is known that was handed on already. */
export function toSeen(rows: readonly LeadRow[]): Map<number, number> {
  return new Map(rows.map(({ id, updatedAt }) => [id, updatedAt]));
}

function toRow(record: unknown): LeadRow | null {
  if (typeof record !== "object" || record === null) return null;
  const { id, created_at: createdAt, updated_at: updatedAt, pipeline_id: pipelineId }: {
    id?: unknown;
    created_at?: unknown;
    updated_at?: unknown;
    pipeline_id?: unknown;
  } = record;
  if (!isWhole(id) || !isWhole(createdAt) || !isWhole(updatedAt)) return null;
  return { id, createdAt, updatedAt, pipelineId: isWhole(pipelineId) ? pipelineId : null, record };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** The time of a lead that a column of the API holds, in unix seconds. */
export function timeOf(row: LeadRow, column: TimeColumn): number {
  return column === "created_at" ? row.createdAt : row.updatedAt;
}

/** Whether the page is what was asked for: amoCRM ignores filters and orders that it does not support. */
export function isAsAsked(
  { rows }: Pick<LeadPage, "rows">,
  { column, span, direction }: Pick<LeadPart, "column" | "span" | "direction">,
): boolean {
  const sign = direction === "asc" ? 1 : -1;
  const times = rows.map((row) => timeOf(row, column));
  return times.every((time, i) =>
    time >= (span.from ?? -Infinity) && time <= (span.to ?? Infinity) &&
    (time - (times[i - 1] ?? time)) * sign >= 0
  );
}
