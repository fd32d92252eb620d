import { z } from "zod";

/** How far the leads of STG go, by the clock of the CRM. */
export interface LeadCursor {
  /** The upper bound of the last complete read; null before the first. */
  readonly cursorAt: Temporal.Instant | null;
  /** The logical date of the last read of all leads. */
  readonly lastFullDay: Temporal.PlainDate | null;
  /** What the leads of STG were read with, as of `LeadFacts.settings`. */
  readonly settings: string | null;
}

/** What decides, beside the cursor, how leads are read. */
export interface ReadingWish {
  readonly logicalDate: Temporal.PlainDate;
  /** ISO weekday. */
  readonly fullScanWeekday: number;
  /** A person asked for everything. */
  readonly full: boolean;
  readonly settings: string;
  readonly overlapMinutes: number;
  /** The CRM's time at the start of the run. */
  readonly upperBound: Temporal.Instant;
}

/** All leads and why, or what changed from a time on. */
export type LeadReading =
  | { readonly kind: "full"; readonly reason: FullReason }
  | { readonly kind: "changes"; readonly from: Temporal.Instant };

export type FullReason = "first" | "asked" | "settings" | "weekly";

/** The sentences of a log for each reason. */
export const FULL_REASONS: Readonly<Record<FullReason, string>> = {
  first: "no read of them has been completed yet",
  asked: "that was asked for",
  settings: "the pipeline, a catalog, a field or an option of one is another than before",
  weekly: "that is due once a week",
};

/**
 * Decides how leads are read: all of them the first time, when asked for, when they would be read otherwise than
 * before, and when no such read has succeeded since the last `fullScanWeekday` on or before the date.
 */
export function chooseReading(cursor: LeadCursor, wish: ReadingWish): LeadReading {
  const { cursorAt, lastFullDay, settings } = cursor;
  if (cursorAt === null || lastFullDay === null) return { kind: "full", reason: "first" };
  if (wish.full) return { kind: "full", reason: "asked" };
  if (settings !== wish.settings) return { kind: "full", reason: "settings" };
  const due = lastWeekday(wish.logicalDate, wish.fullScanWeekday);
  if (Temporal.PlainDate.compare(lastFullDay, due) < 0) return { kind: "full", reason: "weekly" };
  // The clock of the CRM may have been put back.
  const isAhead = Temporal.Instant.compare(cursorAt, wish.upperBound) > 0;
  const reached = isAhead ? wish.upperBound : cursorAt;
  return { kind: "changes", from: reached.subtract({ minutes: wish.overlapMinutes }) };
}

function lastWeekday(date: Temporal.PlainDate, weekday: number): Temporal.PlainDate {
  return date.subtract({ days: (date.dayOfWeek - weekday + 7) % 7 });
}

const instant = z.date().transform((date) =>
  Temporal.Instant.fromEpochMilliseconds(date.getTime())
);
const cursorRows = z.array(z.object({
  cursor_at: instant.nullable(),
  last_full_day: z.string().transform((text) => Temporal.PlainDate.from(text)).nullable(),
  settings: z.string().nullable(),
})).max(1);

/** The row of stg/read_lead_cursor.sql; none counts as a warehouse without leads. */
export function toLeadCursor(rows: readonly unknown[]): LeadCursor {
  const [row] = cursorRows.parse([...rows]);
  return {
    cursorAt: row?.cursor_at ?? null,
    lastFullDay: row?.last_full_day ?? null,
    settings: row?.settings ?? null,
  };
}
