import { Hono } from "hono";
import { z } from "zod";
import type { World } from "./account/world.ts";
import { renderJournal } from "./routes/journal.ts";

/** What happened in the account, and what was shown of it. */
export interface JournalControl {
  /** Nothing is noted until this is called with true. */
  keep(isKept: boolean): void;
  /**
   * All but the first `skip`, records as the API shows them, with the moments in unix milliseconds:
   * `lib/sandbox/account/journal.ts`.
   */
  list(skip?: number): object[];
  /** Forgets what is noted. */
  clear(): void;
}

export function createJournalControl(world: World): JournalControl {
  return {
    keep(isKept) {
      world.journal.isKept = isKept;
    },
    list: (skip = 0) => renderJournal(world, skip),
    clear: () => world.journal.clear(),
  };
}

const keepSchema = z.strictObject({ keep: z.boolean() });

/** `/journal`, below the other control routes. */
export function createJournalRoutes(journal: JournalControl): Hono {
  const app = new Hono();
  app.get("/journal", (context) => {
    const skip = z.coerce.number().int().min(0).parse(context.req.query("skip") ?? 0);
    return context.json(journal.list(skip));
  });
  app.post("/journal", async (context) => {
    journal.keep(keepSchema.parse(await context.req.json()).keep);
    return context.body(null, 204);
  });
  app.delete("/journal", (context) => {
    journal.clear();
    return context.body(null, 204);
  });
  return app;
}
