import type { Logger } from "@logtape/logtape";
import type { AmoClient } from "./client.ts";
import { LEADS_PATH, PAGE_SIZE } from "./lead_page.ts";
import type { ShownRecord } from "./look_up.ts";
import { askBySize, createPageSize } from "./page_size.ts";
import { type AmoPage, listOf, toPage } from "./pages.ts";

/** How the trash is read. */
export interface TrashRead {
  /** To its end, however much of it is known. */
  readonly isWhole: boolean;
  /** How many of these leads are known to be deleted, or not known at all: nothing is to be done about them. */
  countSettled(ids: readonly number[]): Promise<number>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Reads the leads in the trash, newest first, to the first page that brings nothing new, and returns how many.
 *
 * The rows are hollow: an id, when and by whom it was changed, and `is_deleted`. An account that ignores
 * `with=only_deleted` shows living leads instead, which prove nothing.
 */
export async function readLeadTrash(
  client: AmoClient,
  { isWhole, countSettled, log, signal }: TrashRead,
  sink: (rows: readonly ShownRecord[]) => Promise<void>,
): Promise<number> {
  let [count, isSorted, before, lastIds] = [0, true, Infinity, ""];
  for await (const page of readPages(client, signal)) {
    const rows = listOf(page, "leads").map(readRow);
    const trashed = rows.flatMap((row) => row?.isDeleted ? [row] : []);
    if (trashed.length < rows.length) {
      log.warn(
        "amoCRM did not show the trash alone when asked for it: nothing is taken from it, and deletions show by events " +
          "and by reads of all leads",
      );
      return count;
    }
    const ids = trashed.map(({ id }) => id);
    // A route that gives one page for every number would go on for ever.
    if (ids.join() === lastIds) return count;
    lastIds = ids.join();
    for (const { updatedAt } of trashed) {
      // An order that is not kept would let the first settled page hide others.
      if (updatedAt > before) isSorted = false;
      before = updatedAt;
    }
    await sink(trashed.map(({ id, record }) => ({ id, record, observedAt: page.serverTime })));
    count += trashed.length;
    if (isWhole || !isSorted) continue;
    if (await countSettled(ids) === ids.length) return count;
  }
  return count;
}

/** One page after the other, and none ahead: most days the first one is enough. */
async function* readPages(client: AmoClient, signal: AbortSignal): AsyncGenerator<AmoPage> {
  const size = createPageSize(PAGE_SIZE);
  const query = { with: "only_deleted", order: { updated_at: "desc" } };
  let start = 0;
  for (;;) {
    const { page, end } = await askBySize(size, async (limit) => {
      // Where the size has changed, the page that holds the row that was reached: what it repeats does no harm.
      const number = Math.floor(start / limit) + 1;
      const answer = await client.getPart(LEADS_PATH, { ...query, page: number, limit }, signal);
      return { page: toPage(answer, LEADS_PATH), end: number * limit };
    });
    if (page === null) return;
    yield page;
    if (!page.hasNext) return;
    start = end;
  }
}

function readRow(record: unknown) {
  if (typeof record !== "object" || record === null) return null;
  const { id, updated_at, is_deleted }: {
    id?: unknown;
    updated_at?: unknown;
    is_deleted?: unknown;
  } = record;
  if (typeof id !== "number" || !Number.isSafeInteger(id)) return null;
  const updatedAt = typeof updated_at === "number" ? updated_at : -Infinity;
  return { id, updatedAt, isDeleted: is_deleted === true, record };
}
