import type { Car } from "../../loaders/rentals/rental.ts";
import { isBy } from "./days.ts";
import type { Lead, LeadBook } from "./lead_book.ts";

/** The days of a rental: from the first one to the one before the car comes back, at least one. */
export type Span = Pick<Lead, "start" | "end">;

/** Whether none of these leads, but lost ones, has the car on one of the days. */
export function isFree(car: Car, span: Span, leads: readonly Lead[]): boolean {
  return !leads.some((one) =>
    one.car.id === car.id && one.stage !== "cancelled" && one.stage !== "closed" &&
    isBy(one.start, lastOf(span)) && isBy(span.start, lastOf(one))
  );
}

/** A car of the fleet that nobody has on the days of a lead, the cheapest one first; null when there is none. */
export function findFreeCar(lead: Lead, { cars, leads }: LeadBook): Car | null {
  const others = leads.filter((one) => one !== lead);
  return cars.find((car) => isFree(car, lead, others)) ?? null;
}

/** The last day that is taken. */
function lastOf({ start, end }: Span): Temporal.PlainDate {
  const last = end.subtract({ days: 1 });
  return isBy(start, last) ? last : start;
}
