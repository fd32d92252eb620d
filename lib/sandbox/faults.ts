import { z } from "zod";

/** Something that goes wrong on demand. */
export const faultSchema = z.discriminatedUnion("kind", [
  /**
   * An answer of this status; by default an HTML page, as a gateway sends it. `isDone`: the request has been
   * carried out all the same, as when the gateway stops waiting for the application.
   */
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(400).max(599),
    body: z.enum(["html", "problem", "empty"]).optional(),
    isDone: z.boolean().optional(),
  }),
  /** 200 with JSON that is cut off in the middle. */
  z.strictObject({ kind: z.literal("truncated") }),
  /** A good answer after `ms` of real time. */
  z.strictObject({ kind: z.literal("slow"), ms: z.int().min(0) }),
  /** The connection is closed without an answer, and nothing has been done. */
  z.strictObject({ kind: z.literal("reset") }),
  /** The connection is closed without an answer, although the request has been carried out. */
  z.strictObject({ kind: z.literal("lost") }),
  /** A good answer, after which another user touches `count` leads of it: pages drift. */
  z.strictObject({ kind: z.literal("touch_leads"), count: z.int().min(1) }),
  /** A good answer, after which another user moves one lead of it to the trash. */
  z.strictObject({ kind: z.literal("delete_lead") }),
  /**
   * A good answer, right after which these requests are made, to the API as the administrator or to control routes.
   * A body that is text is sent as it is, as the ajax routes want it.
   */
  z.strictObject({
    kind: z.literal("then"),
    requests: z.array(z.strictObject({
      method: z.enum(["POST", "PATCH"]),
      path: z.string().startsWith("/"),
      body: z.unknown(),
    })).min(1),
  }),
]);

export type Fault = z.infer<typeof faultSchema>;

/** Which requests a fault hits. */
export const faultWhenSchema = z.strictObject({
  /** How many requests it hits, 1 unless told. */
  times: z.int().min(1).optional(),
  /** How many matching requests it lets through first. */
  after: z.int().min(0).optional(),
  /** The beginning of the path, without the query. */
  path: z.string().optional(),
  method: z.string().optional(),
});

/** As `faultWhenSchema` says; absent parts match everything. */
export interface FaultWhen {
  readonly times?: number | undefined;
  readonly after?: number | undefined;
  readonly path?: string | undefined;
  readonly method?: string | undefined;
}

/** The faults that wait for their requests. */
export interface Faults {
  /** Throws a ZodError for a fault that does not exist. */
  add(fault: Fault, when?: FaultWhen): void;
  clear(): void;
}

/** Faults and the way to spend them. */
export interface FaultQueue {
  readonly faults: Faults;
  /** The fault for this request, the oldest one first. */
  take(method: string, pathname: string): Fault | undefined;
}

export function createFaultQueue(): FaultQueue {
  let waiting: { fault: Fault; when: FaultWhen; times: number; after: number }[] = [];
  return {
    faults: {
      add(fault, when = {}) {
        const checked = faultWhenSchema.parse(when);
        const { times = 1, after = 0 } = checked;
        waiting.push({ fault: faultSchema.parse(fault), when: checked, times, after });
      },
      clear() {
        waiting = [];
      },
    },
    take(method, pathname) {
      for (const entry of waiting) {
        const { when } = entry;
        if (when.method !== undefined && when.method.toUpperCase() !== method) continue;
        if (when.path !== undefined && !pathname.startsWith(when.path)) continue;
        if (entry.after > 0) {
          entry.after -= 1;
          continue;
        }
        entry.times -= 1;
        if (entry.times === 0) waiting = waiting.filter((other) => other !== entry);
        return entry.fault;
      }
      return undefined;
    },
  };
}
