import {
  BATCH_SIZE,
  type BatchJob,
  type BatchOutcome,
  writeInBatches,
} from "../../lib/amocrm/batch_writer.ts";
import type { AmoClient, AmoWrite } from "../../lib/amocrm/client.ts";
import type { LoaderProgress } from "./loader_progress.ts";

/** How a loader changes the account; whether it really does is not the loader's business. */
export interface AccountWriter {
  /**
   * Writes many items; see `writeInBatches`. `what` names them, e.g. "clients". When nothing is really
   * written every item counts as written, and what was created has a negative id.
   */
  writeAll<Item>(what: string, job: BatchJob<Item>): Promise<BatchOutcome<Item>>;
  /** One request that is no list of items; returns the body of the answer, null when nothing is really sent. */
  send(write: AmoWrite, description: string): Promise<unknown>;
}

/** A writer that writes. */
export function createLiveWriter(
  client: AmoClient,
  progress: LoaderProgress,
  signal: AbortSignal,
): AccountWriter {
  return {
    async writeAll(what, job) {
      using bar = progress.start(what, job.items.length);
      return await writeInBatches(client, job, { signal, onProgress: bar.advance });
    },
    send: async (write) => (await client.send(write, signal)).body,
  };
}

/**
 * A writer that only says what would be sent: for each request a line with method and path, and one for each
 * of its items. Values are not shown, they may be personal.
 */
export function createDryWriter(print: (line: string) => void): AccountWriter {
  let lastId = 0;
  const path = (text: string) => text.replace(/\/-(\d+)/g, "/{new $1}");
  return {
    writeAll(_what, job) {
      for (const batch of inBatches(job.items)) {
        const items = batch.length === 1 ? "1 item" : `${batch.length} items`;
        print(`${job.method} ${path(job.path)} (${items})`);
        for (const item of batch) print(`  ${job.describe(item)}`);
      }
      const written = new Map(job.items.map((item) => [item, --lastId] as const));
      return Promise.resolve({ written, refused: [] });
    },
    send(write, description) {
      print(`${write.method} ${path(write.path)}`);
      print(`  ${description}`);
      return Promise.resolve(null);
    },
  };
}

/** The items in batches as they are sent. */
export function inBatches<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, i) => items.slice(i * BATCH_SIZE, (i + 1) * BATCH_SIZE));
}
