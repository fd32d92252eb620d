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

/** One page of leads of a span of creation times. */
export interface LeadPage {
  readonly rows: readonly LeadRow[];
  /** Records without a whole id and times: they cannot be placed, but must not get lost either. */
  readonly odd: readonly unknown[];
  /** False only when the answer says that nothing follows, and is too short for anything to follow. */
  readonly mayContinue: boolean;
  readonly serverTime: Temporal.Instant | null;
}

/** Creation times in unix seconds, both ends included; no `from`: since ever. */
export interface Span {
  readonly from?: number;
  readonly to: number;
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

/** What to read of the leads created in `span`, oldest or newest first, and how many rows of it at once. */
export interface LeadPart {
  readonly pipelineId: number | null;
  readonly span: Span;
  readonly direction: "asc" | "desc";
  readonly size: PageSize;
}

/** The first page of a part. */
export async function readLeadPage(
  client: AmoClient,
  { pipelineId, span: { from, to }, direction, size }: LeadPart,
  signal: AbortSignal,
): Promise<LeadPage> {
  return await askBySize(size, async (limit) => {
    const query = leadQuery(pipelineId, {
      filter: { created_at: { from, to } },
      order: { created_at: direction },
      page: 1,
      limit,
    });
    const page = toPage(await client.getPart(LEADS_PATH, query, signal), LEADS_PATH);
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

/** Whether the page is what was asked for: amoCRM ignores filters and orders that it does not support. */
export function isAsAsked(page: LeadPage, span: Span, direction: "asc" | "desc"): boolean {
  const sign = direction === "asc" ? 1 : -1;
  return page.rows.every(({ createdAt }, i) => {
    const before = page.rows[i - 1]?.createdAt ?? createdAt;
    return createdAt >= (span.from ?? -Infinity) && createdAt <= span.to &&
      (createdAt - before) * sign >= 0;
  });
}
