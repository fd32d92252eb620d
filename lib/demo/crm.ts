import ky from "ky";
import { z } from "zod";
import { sharedPacer } from "../amocrm/pacing.ts";

/** Writes to an account over HTTP, as the people of a rental company do by hand. */
export interface Crm {
  /** POST of a list; returns the ids of what was created, in the order of `items`. */
  create(path: string, collection: string, items: readonly object[]): Promise<number[]>;
  /** PATCH of a list, or POST of links. */
  send(method: "patch" | "post", path: string, items: readonly object[]): Promise<void>;
  /** GET; null for a 204. */
  read(path: string): Promise<unknown>;
}

/** amoCRM takes 250 in one request and recommends 50. */
const BATCH = 50;

const created = z.object({ _embedded: z.record(z.string(), z.array(z.object({ id: z.int() }))) });

/** A client of the demo's own sandbox; it shares the rate limit with the pipeline that reads it. */
export function createCrm(baseUrl: string, token: string, requestsPerSecond: number): Crm {
  const pacer = sharedPacer(new URL(baseUrl).origin, requestsPerSecond);
  const request = async (method: string, path: string, json?: unknown): Promise<unknown> => {
    await pacer.slot();
    const response = await ky(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      retry: 0,
      ...(json === undefined ? {} : { json }),
    });
    return response.status === 204 ? null : await response.json();
  };
  return {
    async create(path, collection, items) {
      const ids: number[] = [];
      for (const batch of inBatches(items)) {
        const answer = created.parse(await request("post", path, batch));
        ids.push(...(answer._embedded[collection] ?? []).map(({ id }) => id));
      }
      return ids;
    },
    async send(method, path, items) {
      for (const batch of inBatches(items)) await request(method, path, batch);
    },
    read: (path) => request("get", path),
  };
}

function inBatches<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / BATCH);
  return Array.from({ length: count }, (_, i) => items.slice(i * BATCH, (i + 1) * BATCH));
}
