import type { DaySpan } from "./car_days.ts";
import type { ExistingLead } from "./existing_leads.ts";
import { lookupKey } from "../../lib/landing/records/lookup_key.ts";
import type { Car } from "./rental.ts";
import { LOST } from "./stages.ts";

/** Days on which somebody has a car, or wants it. */
export interface BookedDays {
  readonly carId: number;
  readonly start: Temporal.PlainDate;
  /** After the start, also for a car that comes back on the same day. */
  readonly end: Temporal.PlainDate;
}

/** The same with its lead. */
export interface Booking extends BookedDays {
  readonly lead: ExistingLead;
}

/** The days that leads ask for: of all that name a car and days and are not lost. */
export function findBookings(leads: readonly ExistingLead[], cars: readonly Car[]): Booking[] {
  return leads.filter(({ statusId }) => statusId !== LOST).flatMap((lead) => {
    const carId = lead.carId ?? findCar(lead, cars)?.id;
    if (carId === undefined || lead.rental_start === null || lead.rental_end === null) return [];
    const start = Temporal.PlainDate.from(lead.rental_start);
    const end = Temporal.PlainDate.from(lead.rental_end);
    const isLater = Temporal.PlainDate.compare(end, start) > 0;
    return [{ lead, carId, start, end: isLater ? end : start.add({ days: 1 }) }];
  });
}

/** The only car with the plate of the lead. */
export function findCar({ plate }: ExistingLead, cars: readonly Car[]): Car | null {
  if (plate === null) return null;
  const [only, ...others] = cars.filter((car) => lookupKey(car.plate) === lookupKey(plate));
  return only && others.length === 0 ? only : null;
}

/** The days of bookings by the id of their car, counted from `today`. */
export function busyDays(
  bookings: readonly BookedDays[],
  today: Temporal.PlainDate,
): Map<number, DaySpan[]> {
  const busy = new Map<number, DaySpan[]>();
  for (const { carId, start, end } of bookings) {
    const span = { from: today.until(start).days, to: today.until(end).days };
    busy.set(carId, [...busy.get(carId) ?? [], span]);
  }
  return busy;
}
