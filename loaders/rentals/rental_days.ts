import type { Car, Rental } from "./rental.ts";

/** The settings by which days of a rental are counted. */
export interface DayCounting {
  readonly timeZone: string;
  /** Minutes that a car may come back late without another day. */
  readonly graceMinutes: number;
}

const DAY_MINUTES = 24 * 60;

/**
 * The days that a rental from one midnight to another one is charged for, at least 1: what the warehouse's
 * `dds.rental_days` counts, max(1, ceil((end - start - grace) / 24 h)) on the wall clock.
 *
 * A night in which the clock is changed is a night like any other: no time zone is asked.
 */
export function countRentalDays(
  start: Temporal.PlainDate,
  end: Temporal.PlainDate,
  { graceMinutes }: Pick<DayCounting, "graceMinutes">,
): number {
  const lengthMinutes = start.until(end, { largestUnit: "days" }).days * DAY_MINUTES;
  return Math.max(1, Math.ceil((lengthMinutes - graceMinutes) / DAY_MINUTES));
}

/** What a rental costs, in whole money: the daily rate of its car for each day that is charged. */
export function priceOf(
  { car, start, end }: Pick<Rental, "start" | "end"> & { readonly car: Pick<Car, "dailyrate"> },
  counting: DayCounting,
): number {
  return Math.round(car.dailyrate * countRentalDays(start, end, counting));
}
