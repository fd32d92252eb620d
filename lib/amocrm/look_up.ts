import { AmoBan, AmoError, HeavyRead } from "./answers.ts";
import type { AmoClient } from "./client.ts";
import { askBySize, createPageSize, type PageSize } from "./page_size.ts";
import { type AmoPage, listOf, toPage } from "./pages.ts";
import type { Query } from "./query.ts";

/** Where records of one kind are asked for by id. */
export interface LookUpRoute {
  /** Of the list; `path/ID` is that of one record. */
  readonly path: string;
  /** The name of the list in an answer. */
  readonly list: string;
  /** What every request says besides the ids. */
  readonly query: Query;
}

/** A record that an answer showed. */
export interface ShownRecord {
  readonly id: number;
  readonly record: unknown;
  readonly observedAt: Temporal.Instant;
}

/** Takes the records of one answer; the look-up waits for it. */
export type ShownSink = (shown: readonly ShownRecord[]) => Promise<void>;

/** What a look-up of many ids found. */
export interface LookUp {
  readonly shown: ReadonlySet<number>;
  /** False when an answer held records that were not asked for: the account ignored the filter, so silence proves nothing. */
  readonly isHonoured: boolean;
}

/** Longer addresses are refused here and there; 100 ids take about 3,000 characters. */
const MOST_IDS = 100;

/** How many ids to ask for at once; shared by all requests of a look-up. */
export function createIdBatch(): PageSize {
  return createPageSize(MOST_IDS);
}

/**
 * Asks for records by `filter[id]`, at most 100 at once, and half as many where that is too much (414, 504).
 *
 * Only records that were asked for are handed on: an account that ignores the filter answers with the whole list.
 */
export async function lookUp(
  client: AmoClient,
  route: LookUpRoute,
  ids: readonly number[],
  signal: AbortSignal,
  sink: ShownSink,
): Promise<LookUp> {
  const size = createIdBatch();
  const shown = new Set<number>();
  let isHonoured = true;
  for (let done = 0; done < ids.length;) {
    const pages = await askBySize(size, async (count) => {
      const part = ids.slice(done, done + count);
      return { part, rows: await askForPart(client, route, part, signal) };
    });
    done += pages.part.length;
    const asked = new Set(pages.part);
    const wanted = pages.rows.filter(({ id }) => asked.has(id) && !shown.has(id));
    if (pages.rows.some(({ id }) => !asked.has(id))) isHonoured = false;
    for (const { id } of wanted) shown.add(id);
    if (wanted.length > 0) await sink(wanted);
  }
  return { shown, isHonoured };
}

async function askForPart(
  client: AmoClient,
  route: LookUpRoute,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<ShownRecord[]> {
  const rows: ShownRecord[] = [];
  const isMissing = (id: number) => !rows.some((row) => row.id === id);
  for (let number = 1;; number++) {
    // One more than there can be, so that a whole answer is no full page, which would point to a next one.
    const query = { ...route.query, filter: { id: ids }, page: number, limit: ids.length + 1 };
    const page = await readPart(client, route.path, query, signal);
    if (page === null) return rows;
    const found = rowsOf(page, route.list);
    rows.push(...found);
    const isStranger = found.some(({ id }) => !ids.includes(id));
    if (!page.hasNext || isStranger || !ids.some(isMissing)) return rows;
  }
}

async function readPart(
  client: AmoClient,
  path: string,
  query: Query,
  signal: AbortSignal,
): Promise<AmoPage | null> {
  try {
    return toPage(await client.getPart(path, query, signal), path);
  } catch (error) {
    // An address that is too long: half of the ids may do.
    if (error instanceof AmoError && error.status === 414) {
      throw new HeavyRead(error.message, { cause: error });
    }
    throw error;
  }
}

function rowsOf(page: AmoPage, list: string): ShownRecord[] {
  return listOf(page, list).flatMap((record) => {
    const id = idOf(record);
    return id === null ? [] : [{ id, record, observedAt: page.serverTime }];
  });
}

function idOf(record: unknown): number | null {
  const id = typeof record === "object" && record !== null && "id" in record ? record.id : null;
  return typeof id === "number" && Number.isSafeInteger(id) ? id : null;
}

/** What the account says of one record: shown, refused to this token, not there, or nothing to rely on. */
export type OneAnswer =
  | { readonly kind: "shown"; readonly shown: ShownRecord }
  | { readonly kind: "refused" | "gone" | "unknown" };

/**
 * Asks for one record by its own address, which no filter can spoil.
 *
 * Throws for what concerns the whole account: a ban, a token that has ended, an account that cannot be reached.
 */
export async function lookUpOne(
  client: AmoClient,
  { path, query }: LookUpRoute,
  id: number,
  signal: AbortSignal,
): Promise<OneAnswer> {
  try {
    const { body, serverTime } = await client.get(`${path}/${id}`, query, signal);
    if (body === null) return { kind: "gone" };
    return idOf(body) === id
      ? { kind: "shown", shown: { id, record: body, observedAt: serverTime } }
      : { kind: "unknown" };
  } catch (error) {
    if (!(error instanceof AmoError) || error instanceof AmoBan) throw error;
    if (error.status === 404) return { kind: "gone" };
    if (error.status === 403) return { kind: "refused" };
    if (error.status === 401 || error.status === null) throw error;
    return { kind: "unknown" };
  }
}
