import type { Rental } from "../../loaders/rentals/rental.ts";
import { countRentalDays, type DayCounting } from "../../loaders/rentals/rental_days.ts";

/** Days from the first one to that on which the car comes back. */
export function daysOf({ start, end }: Pick<Rental, "start" | "end">): number {
  return start.until(end).days;
}

/** What the company asks for a rental. */
export function priceOf({ car, start, end }: Rental, counting: DayCounting): number {
  return Math.round(car.dailyrate * countRentalDays(start, end, counting));
}
