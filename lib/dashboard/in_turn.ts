import { LateError } from "./reading.ts";

/** Work by name, of which each is under way once, however many ask for it. */
export interface InTurn<T> {
  ask(key: string, work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is under way any more, well or not. */
  idle(): Promise<void>;
}

/**
 * Bounds what many readers can ask of the warehouse: who asks for what is under way shares it, and who would be one too
 * many, or has waited for `timeoutMs`, gets a `LateError`. What is late goes on, so that it is there for the next.
 */
export function createInTurn<T>(
  limits: { readonly timeoutMs: number; readonly waiting: number },
): InTurn<T> {
  const underWay = new Map<string, Promise<T>>();
  return {
    async ask(key, work) {
      let page = underWay.get(key);
      if (!page) {
        if (underWay.size >= limits.waiting) throw new LateError("Too many pages are being read");
        page = work().finally(() => underWay.delete(key));
        underWay.set(key, page);
      }
      return await withDeadline(page, limits.timeoutMs);
    },
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay.values());
    },
  };
}

async function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new LateError(`The page was not ready within ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    // Nobody may be left to hear what becomes of it.
    work.catch(() => {});
  }
}
