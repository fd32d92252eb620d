import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Who has logged in; in memory, so that a restart logs everybody out. */
export interface Sessions {
  /** Whether this is the token, in a time that tells nothing of how much of it is right. */
  isToken(text: string): boolean;
  /** Begins a session and returns its id, which is random and says nothing of the token. */
  begin(): string;
  isOpen(id: string | null): boolean;
  end(id: string | null): void;
}

const LIFETIME_MS = 30 * 24 * 3_600_000;
const MOST_SESSIONS = 1000;

/** How long a browser keeps its session, in seconds. */
export const SESSION_LIFETIME_S = LIFETIME_MS / 1000;

/** Creates the sessions of a token; only hashes of the ids are kept. */
export function createSessions(token: string, nowMs: () => number = Date.now): Sessions {
  const wanted = hash(token);
  const ends = new Map<string, number>();
  const keyOf = (id: string) => hash(id).toString("hex");
  return {
    isToken: (text) => timingSafeEqual(hash(text), wanted),
    begin() {
      const [oldest] = ends.keys();
      if (ends.size >= MOST_SESSIONS && oldest !== undefined) ends.delete(oldest);
      const id = randomBytes(32).toString("hex");
      ends.set(keyOf(id), nowMs() + LIFETIME_MS);
      return id;
    },
    isOpen: (id) => id !== null && (ends.get(keyOf(id)) ?? 0) > nowMs(),
    end: (id) => {
      if (id !== null) ends.delete(keyOf(id));
    },
  };
}

function hash(text: string) {
  return createHash("sha256").update(text).digest();
}
