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

/** Reads what today asks for, or what the day of `as_of` asked for at its end. */
export async function readToday({ ask, state, now }: PageRequest): Promise<readonly TodayRow[]> {
  return z.array(todayRow).parse(
    await ask(TODAY_FILE, [state.asOf?.toString() ?? null, now.toString()]),
  );
}
