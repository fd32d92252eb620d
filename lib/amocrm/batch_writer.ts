import { TransientError } from "../transient_error.ts";
import { type BatchAnswer, readBatchAnswer } from "./batch_answer.ts";
import type { AmoClient } from "./client.ts";
import { LostAnswer, ValidationError } from "./answers.ts";
import { DEFAULT_RETRY, type RetryPolicy, waitBefore } from "./retry.ts";
import type { Fault, ItemRefusal } from "./validation.ts";

/** Many items for one route that takes lists. */
export interface BatchJob<Item> {
  readonly method: "POST" | "PATCH";
  readonly path: string;
  /** The name of the list in the answer, e.g. "leads". */
  readonly collection: string;
  readonly items: readonly Item[];
  /** What is sent for an item; `request_id` is added to it. */
  toBody(item: Item): object;
  /** Names an item in messages and dry runs, without personal data: "line 12". */
  describe(item: Item): string;
  /**
   * For what must not be sent twice: finds by their natural key which of the items are in the account, with
   * their ids. It is asked after an answer was lost. Without it a batch is sent again as it is.
   */
  findWritten?(items: readonly Item[]): Promise<ReadonlyMap<Item, number>>;
  /** After items were written, or found to be so, with what their ids are. */
  afterBatch?(written: ReadonlyMap<Item, number>): Promise<void>;
}

/** An item that the account did not take, and why. */
export interface RefusedItem<Item> {
  readonly item: Item;
  readonly faults: readonly Fault[];
}

/** What became of the items; an item is in one of the two. */
export interface BatchOutcome<Item> {
  /** Ids as the answers gave them; 0 where an answer gives none, as for links. */
  readonly written: ReadonlyMap<Item, number>;
  readonly refused: readonly RefusedItem<Item>[];
}

export interface BatchOptions {
  readonly signal?: AbortSignal;
  /** After each batch: how many items more have been dealt with. */
  readonly onProgress?: (items: number) => void;
  readonly retry?: Partial<RetryPolicy>;
}

/** amoCRM takes 250 in one request and recommends 50. */
export const BATCH_SIZE = 50;

/**
 * Writes items in batches of 50, one after the other, and says for each what became of it.
 *
 * Answers are matched by `request_id`. Items with which the account finds fault are left out and the others
 * of their batch are sent again; when it does not say which ones, the batch is halved until it is clear. A
 * 504 halves the batches from then on. After a lost answer `findWritten` decides what is sent again. Throws
 * `AmoError` when it cannot go on, `TransientError` when the answers of one batch are lost time after time.
 */
export async function writeInBatches<Item>(
  client: AmoClient,
  job: BatchJob<Item>,
  options: BatchOptions = {},
): Promise<BatchOutcome<Item>> {
  const work: Work<Item> = {
    client,
    job,
    options,
    retry: { ...DEFAULT_RETRY, ...options.retry },
    signal: options.signal ?? new AbortController().signal,
    size: BATCH_SIZE,
    written: new Map(),
    refused: [],
  };
  const queue: Batch<Item>[] = [{ items: job.items, losses: 0 }];
  for (let batch = queue.shift(); batch; batch = queue.shift()) {
    if (batch.items.length === 0) continue;
    const now = { ...batch, items: batch.items.slice(0, work.size) };
    // Before it is sent, because a heavy batch makes the size smaller.
    const later = { ...batch, items: batch.items.slice(work.size) };
    queue.unshift(...await writeBatch(work, now), later);
  }
  return { written: work.written, refused: work.refused };
}

interface Work<Item> {
  readonly client: AmoClient;
  readonly job: BatchJob<Item>;
  readonly options: BatchOptions;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
  size: number;
  readonly written: Map<Item, number>;
  readonly refused: RefusedItem<Item>[];
}

interface Batch<Item> {
  readonly items: readonly Item[];
  /** How often its answer was lost in a row. */
  readonly losses: number;
}

/** Sends a batch; returns what of it is still to be sent. */
async function writeBatch<Item>(work: Work<Item>, batch: Batch<Item>): Promise<Batch<Item>[]> {
  const { client, job } = work;
  try {
    const answer = await client.send({
      method: job.method,
      path: job.path,
      json: batch.items.map((item, i) => ({ ...job.toBody(item), request_id: String(i) })),
      isRepeatable: job.findWritten === undefined,
      canBeSplit: batch.items.length > 1,
    }, work.signal);
    return await takeAnswer(work, batch, readBatchAnswer(job, batch.items.length, answer.body));
  } catch (error) {
    if (error instanceof ValidationError) return await leaveOut(work, batch, error);
    if (error instanceof LostAnswer) return await recover(work, batch, error);
    throw error;
  }
}

/** Notes what was written and refused; an item of which the answer says nothing counts as lost. */
async function takeAnswer<Item>(
  work: Work<Item>,
  batch: Batch<Item>,
  { ids, refusals }: BatchAnswer,
): Promise<Batch<Item>[]> {
  const written = batch.items.flatMap((item, i) => {
    const id = ids.get(String(i));
    return id === undefined ? [] : [[item, id] as const];
  });
  await noteWritten(work, new Map(written));
  const silent = batch.items.filter((item) => !work.written.has(item));
  const refused = noteRefused(work, batch, refusals);
  const lost = silent.filter((item) => !refused.has(item));
  if (lost.length === 0) return [];
  const error = new LostAnswer(
    `Cannot write ${work.job.path}: the answer says nothing of ${lost.length} of ` +
      `${batch.items.length} items, expected each: look at the account`,
    false,
  );
  return await recover(work, { ...batch, items: lost }, error);
}

/** Takes the items at fault out of a refused batch. */
async function leaveOut<Item>(
  work: Work<Item>,
  batch: Batch<Item>,
  error: ValidationError,
): Promise<Batch<Item>[]> {
  const refused = noteRefused(work, batch, error.refusals);
  if (refused.size > 0) {
    const others = batch.items.filter((item) => !refused.has(item));
    // That a refused batch leaves nothing behind is not confirmed for every account.
    return [{ items: await withoutWritten(work, others), losses: 0 }];
  }
  if (batch.items.length > 1) return halve({ ...batch, losses: 0 });
  const faults = error.refusals.flatMap((refusal) => refusal.faults);
  for (const item of batch.items) work.refused.push({ item, faults });
  work.options.onProgress?.(batch.items.length);
  return [];
}

/** What of a batch whose answer was lost has to be sent again, after a wait. */
async function recover<Item>(
  work: Work<Item>,
  batch: Batch<Item>,
  error: LostAnswer,
): Promise<Batch<Item>[]> {
  const losses = batch.losses + 1;
  // The account may still be at work on it.
  await work.retry.sleep(waitBefore(losses + 1, "limited", work.retry), work.signal);
  const items = await withoutWritten(work, batch.items);
  if (items.length > 0 && losses >= work.retry.tries) {
    throw new TransientError(error.message, { cause: error });
  }
  if (!error.isTooHeavy || batch.items.length === 1) return [{ items, losses }];
  work.size = Math.ceil(batch.items.length / 2);
  return halve({ items, losses: 0 });
}

async function withoutWritten<Item>(
  work: Work<Item>,
  items: readonly Item[],
): Promise<readonly Item[]> {
  if (work.job.findWritten === undefined || items.length === 0) return items;
  const found = await work.job.findWritten(items);
  await noteWritten(work, found);
  return items.filter((item) => !found.has(item));
}

function halve<Item>({ items, losses }: Batch<Item>): Batch<Item>[] {
  const half = Math.ceil(items.length / 2);
  return [{ items: items.slice(0, half), losses }, { items: items.slice(half), losses }];
}

async function noteWritten<Item>(
  work: Work<Item>,
  written: ReadonlyMap<Item, number>,
): Promise<void> {
  if (written.size === 0) return;
  for (const [item, id] of written) work.written.set(item, id);
  await work.job.afterBatch?.(written);
  work.options.onProgress?.(written.size);
}

/** Notes the items that refusals name by `request_id`, and returns them. */
function noteRefused<Item>(
  work: Work<Item>,
  batch: Batch<Item>,
  refusals: readonly ItemRefusal[],
): ReadonlySet<Item> {
  const refused = new Set<Item>();
  for (const { requestId, faults } of refusals) {
    const item = requestId === null ? undefined : batch.items[Number(requestId)];
    if (item === undefined || refused.has(item)) continue;
    refused.add(item);
    work.refused.push({ item, faults });
  }
  if (refused.size > 0) work.options.onProgress?.(refused.size);
  return refused;
}
