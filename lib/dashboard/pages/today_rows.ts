import { z } from "zod";
import type { PageRequest } from "../page/page.ts";

/** What the first page is about, the most pressing first. */
export const KINDS = [
  "overdue",
  "out_today",
  "in_today",
  "unassigned",
  "double_booked",
  "handover_clash",
  "contradiction",
  "free_car",
] as const;

export type Kind = (typeof KINDS)[number];

export const TODAY_FILE = "dashboard/today.sql";

const kindCounts = z.object({
  /** Rows of the list: of double bookings one for each lead and day, of free cars one for each car. */
  rows: z.number(),
  done: z.number(),
  leads: z.number(),
  car_days: z.number(),
  /** Free cars by ISO date. */
  free_cars: z.record(z.string(), z.number()).nullable(),
});

export type KindCounts = z.infer<typeof kindCounts>;

const NONE: KindCounts = { rows: 0, done: 0, leads: 0, car_days: 0, free_cars: null };

const todayRow = z.object({
  kind: z.enum(KINDS),
  lead_id: z.string().nullable(),
  car_id: z.string().nullable(),
  usage_date: z.string().nullable(),
  is_done: z.boolean().nullable(),
  /** ISO dates. */
  free_days: z.string().nullable(),
  plate: z.string().nullable(),
  model: z.string().nullable(),
  client_name: z.string().nullable(),
  stage: z.string().nullable(),
  rental_start: z.string().nullable(),
  rental_end: z.string().nullable(),
});

export type TodayRow = z.infer<typeof todayRow>;

/** Each kind has a row of counts, and behind it those of its list, of which there may be none. */
const found = z.discriminatedUnion("what", [
  z.object({ what: z.literal("counts"), kind: z.enum(KINDS), counts: kindCounts }),
  todayRow.extend({ what: z.literal("row") }),
]);

/** What a day asks for. */
export interface Today {
  /** Of the lists, or of their beginnings. */
  readonly rows: readonly TodayRow[];
  /** Of the whole lists. */
  readonly counts: (kind: Kind) => KindCounts;
}

/**
 * Reads what today asks for, or what the day of `as_of` asked for at its end. Of each list but `whole` at most so many
 * rows are read; `most` null reads all.
 */
export async function readToday(
  { ask, state, now }: PageRequest,
  { whole, most }: { readonly whole: Kind | null; readonly most: number | null },
): Promise<Today> {
  const answer = z.array(found).parse(
    await ask(TODAY_FILE, [state.asOf?.toString() ?? null, now.toString(), most, whole]),
  );
  const counts = new Map(
    answer.flatMap((one) => one.what === "counts" ? [[one.kind, one.counts]] : []),
  );
  return {
    rows: answer.filter((one) => one.what === "row"),
    counts: (kind) => counts.get(kind) ?? NONE,
  };
}
