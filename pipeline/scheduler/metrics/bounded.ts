import { errorText } from "../../../lib/log/error_text.ts";

/** A value, or why there is none. */
export type Answer<T> = { readonly value: T } | { readonly problem: string };

/**
 * Makes `work` safe to be asked for by strangers: an answer comes within `timeoutMs` whatever happens, and
 * however many ask, at most one `work` is under way, which all who come meanwhile share.
 */
export function createBounded<T>(
  work: () => Promise<T>,
  timeoutMs: number,
): () => Promise<Answer<T>> {
  let underWay: Promise<Answer<T>> | null = null;
  return async () => {
    underWay ??= settle(work).finally(() => underWay = null);
    const late = Promise.withResolvers<Answer<T>>();
    const problem = `no answer within ${timeoutMs / 1000} s`;
    const timer = setTimeout(() => late.resolve({ problem }), timeoutMs);
    try {
      return await Promise.race([underWay, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}

async function settle<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { problem: errorText(error) };
  }
}
