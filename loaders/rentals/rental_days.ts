/** The settings by which days of a rental are counted. */
export interface DayCounting {
  readonly timeZone: string;
  /** Minutes that a car may come back late without another day. */
  readonly graceMinutes: number;
}

const DAY_MS = 86_400_000;

/**
 * The days that a rental from one midnight to another one is charged for, at least 1: what the warehouse
 * counts as `rental_days`, max(1, ceil((end - start - grace) / 24 h)).
 *
 * Hours, not dates: where a clock is set back an hour on the way, the rental is that hour longer, and a
 * grace of less than an hour makes it a day more.
 */
export function countRentalDays(
  start: Temporal.PlainDate,
  end: Temporal.PlainDate,
  { timeZone, graceMinutes }: DayCounting,
): number {
  const lengthMs = end.toZonedDateTime(timeZone).epochMilliseconds -
    start.toZonedDateTime(timeZone).epochMilliseconds;
  return Math.max(1, Math.ceil((lengthMs - graceMinutes * 60_000) / DAY_MS));
}
