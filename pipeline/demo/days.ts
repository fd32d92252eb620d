import type { Rental } from "../../loaders/rentals/rental.ts";

/** Days from the first one to that on which the car comes back. */
export function daysOf({ start, end }: Pick<Rental, "start" | "end">): number {
  return start.until(end).days;
}

/** Whether a day has come by a date. */
export function isBy(day: Temporal.PlainDate, date: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(day, date) <= 0;
}
