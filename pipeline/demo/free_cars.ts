import type { Car } from "../../loaders/rentals/rental.ts";
import type { Lead, LeadBook } from "./lead_book.ts";

/** The days of a rental: from the first one to the one before the car comes back, at least one. */
export type Span = Pick<Lead, "start" | "end">;

/** Whether none of these leads, but lost ones, has the car on one of the days. */
export function isFree(car: Car, span: Span, leads: readonly Lead[]): boolean {
  return !leads.some((one) =>
    one.car.id === car.id && one.stage !== "cancelled" && one.stage !== "closed" &&
    isBefore(one.start, lastOf(span)) && isBefore(span.start, lastOf(one))
  );
}

/** A car of the fleet that nobody has on the days of a lead, the cheapest one first; null when there is none. */
export function findFreeCar(lead: Lead, { cars, leads }: LeadBook): Car | null {
  const others = leads.filter((one) => one !== lead);
  return cars.find((car) => isFree(car, lead, others)) ?? null;
}

/** The day after the last one that is taken. */
function lastOf({ start, end }: Span): Temporal.PlainDate {
  return isBefore(start, end) ? end : start.add({ days: 1 });
}

function isBefore(one: Temporal.PlainDate, other: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(one, other) < 0;
}
