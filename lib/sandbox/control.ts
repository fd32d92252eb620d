import { Hono } from "hono";
import { z } from "zod";
import type { SandboxClock } from "./account/clock.ts";
import { type Faults, faultSchema, faultWhenSchema } from "./faults.ts";
import { createJournalRoutes, type JournalControl } from "./journal_control.ts";
import { createLeadControlRoutes, type LeadControls } from "./lead_controls.ts";
import type { RequestLog } from "./request_log.ts";
import type { TokenOptions } from "./tokens.ts";

/** Whom to take on. */
export interface NewUser {
  readonly name: string;
  readonly email: string;
}

/** What other processes can do to a sandbox. */
export interface Controls {
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly leads: LeadControls;
  readonly journal: JournalControl;
  issueToken(options?: TokenOptions): string;
  /** Takes somebody on, who can then be named in writes. */
  addUser(person: NewUser): number;
  /** Somebody leaves: he is gone from the list, and naming him is refused; false when he was not there. */
  removeUser(id: number): boolean;
  /** Throws a ZodError for anything that is not a switch. */
  setSwitches(changes: unknown): void;
}

const clockSchema = z.strictObject({
  /** ISO 8601 with an offset, or unix seconds. */
  set: z.union([z.string(), z.number()]).optional(),
  /** An ISO 8601 duration such as "P1D". */
  advance: z.string().optional(),
  freeze: z.boolean().optional(),
});

const faultRequestSchema = z.strictObject({
  fault: faultSchema,
  when: faultWhenSchema.optional(),
});

const tokenSchema = z.strictObject({
  scope: z.enum(["full", "read"]).optional(),
  lifetimeSeconds: z.int().optional(),
});

const userSchema = z.strictObject({ name: z.string().min(1), email: z.email() });

/** The routes below `/_sandbox/`: no token, no limit, no log. Answers are JSON, a wrong body is a 400. */
export function createControlRoutes(controls: Controls): Hono {
  const app = new Hono().basePath("/_sandbox");
  const { clock, faults, requests } = controls;
  app.get("/clock", (context) => context.json(describeClock(clock)));
  app.post("/clock", async (context) => {
    const change = clockSchema.parse(await context.req.json());
    if (change.set !== undefined) clock.set(change.set);
    if (change.advance !== undefined) clock.advance(change.advance);
    if (change.freeze === true) clock.freeze();
    if (change.freeze === false) clock.resume();
    return context.json(describeClock(clock));
  });
  app.post("/faults", async (context) => {
    const { fault, when } = faultRequestSchema.parse(await context.req.json());
    faults.add(fault, when);
    return context.body(null, 204);
  });
  app.delete("/faults", (context) => {
    faults.clear();
    return context.body(null, 204);
  });
  app.post("/switches", async (context) => {
    controls.setSwitches(await context.req.json());
    return context.body(null, 204);
  });
  app.get("/requests", (context) => context.json(requests.list()));
  app.delete("/requests", (context) => {
    requests.clear();
    return context.body(null, 204);
  });
  app.post("/tokens", async (context) => {
    const options = tokenSchema.parse(await context.req.json());
    return context.json({ token: controls.issueToken(options) });
  });
  app.post("/users", async (context) => {
    const id = controls.addUser(userSchema.parse(await context.req.json()));
    return context.json({ id });
  });
  app.delete("/users/:id{[0-9]+}", (context) => {
    const isGone = controls.removeUser(Number(context.req.param("id")));
    return isGone ? context.body(null, 204) : context.notFound();
  });
  app.route("/", createLeadControlRoutes(controls.leads));
  app.route("/", createJournalRoutes(controls.journal));
  app.notFound((context) => context.json({ error: "There is no such control route" }, 404));
  app.onError((error, context) => {
    // Wrong bodies, dates and durations; anything else is a bug and has to show.
    const isExpected = error instanceof z.ZodError || error instanceof SyntaxError ||
      error instanceof RangeError;
    if (!isExpected) throw error;
    return context.json({ error: error.message }, 400);
  });
  return app;
}

function describeClock(clock: SandboxClock): object {
  const now = Temporal.Instant.fromEpochMilliseconds(clock.nowMs()).toString();
  return { now, isFrozen: clock.isFrozen };
}
