/** Limits wrong tokens, so that nobody can try them all. */
export interface LoginLimit {
  /** Seconds that this client still has to wait; 0: he may try. */
  waitS(client: string): number;
  /** He has tried a wrong one. */
  fail(client: string): void;
}

const MOST_CLIENTS = 10_000;

/** Allows `tries` wrong ones of a client in `windowMs`; right ones are refused too, once there were more. */
export function createLoginLimit(
  { tries, windowMs }: { readonly tries: number; readonly windowMs: number },
  nowMs: () => number = Date.now,
): LoginLimit {
  const failures = new Map<string, number[]>();
  const recent = (client: string) =>
    (failures.get(client) ?? []).filter((atMs) => atMs > nowMs() - windowMs);
  return {
    waitS(client) {
      const [first, ...others] = recent(client);
      if (first === undefined || others.length + 1 < tries) return 0;
      return Math.max(1, Math.ceil((first + windowMs - nowMs()) / 1000));
    },
    fail(client) {
      const all = [...recent(client), nowMs()];
      failures.delete(client);
      failures.set(client, all);
      const [oldest] = failures.keys();
      if (failures.size > MOST_CLIENTS && oldest !== undefined) failures.delete(oldest);
    },
  };
}
