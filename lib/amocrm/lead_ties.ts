import type { AmoClient } from "./client.ts";
import { type LeadPage, type LeadPart, leadQuery, LEADS_PATH, sortOut } from "./lead_page.ts";
import { askBySize } from "./page_size.ts";
import { type AmoPage, listOf, toPage } from "./pages.ts";

// A pass that differs from the one before has met a change; an account that never rests must not hold a run.
export const MOST_PASSES = 10;

/**
 * Reads by page number what cannot be read otherwise: the leads of one second, of which there are more than a page,
 * or a whole list whose filter or order is ignored. They are read again until two passes agree on the ids.
 *
 * Going forward a lead slips through when one before it leaves the second (trashed, or edited where the second is
 * one of `updated_at`), because the rest moves up. Going backward the same move brings it to a page that is yet
 * to come; so all passes but the first go backward, and what stays in the second is not missed even where no two
 * passes agree. What leaves it is not lost: it has changed, and is for the next run.
 *
 * Calls `onUnsettled` when no two passes agreed.
 */
export async function readTies(
  client: AmoClient,
  part: LeadPart,
  signal: AbortSignal,
  accept: (page: LeadPage) => Promise<void>,
  onUnsettled?: () => void,
): Promise<void> {
  let ids = new Set<number>();
  const take = async (page: AmoPage) => {
    const { rows, odd } = sortOut(listOf(page, "leads"));
    for (const { id } of rows) ids.add(id);
    await accept({ rows, odd, mayContinue: page.hasNext, serverTime: page.serverTime });
  };
  const end = await readForward(client, part, signal, take);
  // One answer that held them all.
  if (end === 0) return;
  for (let pass = 2; pass <= MOST_PASSES; pass++) {
    const before = ids;
    ids = new Set();
    await readBackward(client, part, end, signal, take);
    if (before.size === ids.size && before.isSubsetOf(ids)) return;
  }
  onUnsettled?.();
}

type TakePage = (page: AmoPage) => Promise<void>;

/** Returns how many rows there are at most, by page numbers; 0 when they all came in one page. */
async function readForward(
  client: AmoClient,
  part: LeadPart,
  signal: AbortSignal,
  take: TakePage,
): Promise<number> {
  let end = 0;
  let pages = 0;
  const limit = part.size.rows;
  for await (const page of client.pages(LEADS_PATH, { ...queryOf(part), limit }, signal)) {
    await take(page);
    pages += 1;
    // To its full length: it may hold by now what had been behind it. Links may leave the limit out.
    end = page.limit === 0 ? pages * limit : page.offset + page.limit;
    if (pages === 1 && !page.hasNext) return 0;
  }
  return end;
}

async function readBackward(
  client: AmoClient,
  part: LeadPart,
  end: number,
  signal: AbortSignal,
  take: TakePage,
): Promise<void> {
  for (let rest = end; rest > 0;) {
    const before = rest;
    await askBySize(part.size, async (limit) => {
      // The page that holds the row before `before`, whatever size the pages had on the way here.
      const number = Math.ceil(before / limit);
      const query = { ...queryOf(part), limit, page: number };
      const page = toPage(await client.getPart(LEADS_PATH, query, signal), LEADS_PATH);
      if (page) await take(page);
      rest = (number - 1) * limit;
    });
  }
}

function queryOf({ pipelineId, column, span }: LeadPart) {
  return leadQuery(pipelineId, { filter: { [column]: { ...span } }, order: { id: "asc" } });
}
