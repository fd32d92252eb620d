import { z } from "zod";

/**
 * What a line of a snapshot of events holds beside the time of its answer: an event, a lead that was asked for or
 * was in the trash, a lead that is neither there nor in the trash (`scan_at`: when a read of all leads began that
 * missed it), or one that such a read missed and that was asked for since.
 */
export type EventLine =
  | { readonly kind: "event"; readonly event: unknown }
  | { readonly kind: "lead"; readonly lead: unknown }
  | { readonly kind: "vanished"; readonly id: number; readonly scan_at: string | null }
  | { readonly kind: "asked"; readonly id: number; readonly scan_at: string };

const lineShape = z.object({
  observed_at: z.string(),
  record: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("event"), event: z.unknown() }),
    z.object({ kind: z.literal("lead"), lead: z.unknown() }),
    z.object({ kind: z.literal("vanished"), id: z.int(), scan_at: z.string().nullable() }),
    z.object({ kind: z.literal("asked"), id: z.int(), scan_at: z.string() }),
  ]),
});

/** The record of a line, checked by the compiler alone. */
export function toLine(line: EventLine): EventLine {
  return line;
}

/** Reads a line of a snapshot; throws a `ZodError` for any other. */
export function parseLine(text: string): { readonly observedAt: string; readonly line: EventLine } {
  const { observed_at: observedAt, record } = lineShape.parse(JSON.parse(text));
  return { observedAt, line: record };
}
