import { z } from "zod";
import type { PageRequest, Period } from "../page/page.ts";

/** The id of the car of bookings that have none. */
const NO_CAR = "0";

export const BOOKINGS_FILE = "dashboard/calendar_bookings.sql";
export const DAYS_FILE = "dashboard/calendar_days.sql";

const carRows = z.array(z.object({
  car_id: z.string(),
  plate: z.string().nullable(),
  model: z.string(),
}));

const bookingRows = z.array(z.object({
  lead_id: z.string(),
  car_id: z.string().nullable(),
  plate: z.string().nullable(),
  model: z.string().nullable(),
  client_name: z.string().nullable(),
  stage: z.string(),
  first_day: z.string(),
  last_day: z.string(),
  rental_start: z.string().nullable(),
  rental_end: z.string().nullable(),
  is_overdue: z.boolean(),
  has_no_end: z.boolean(),
  is_double_booked: z.boolean(),
  /** How many without a car there are, where it is one of them. */
  found: z.number().nullable(),
}));

const dayRows = z.array(z.object({
  usage_date: z.string(),
  is_finished: z.boolean(),
  car_days: z.number(),
  free_cars: z.number(),
}));

const plateRows = z.array(z.object({
  car_id: z.string(),
  usage_date: z.string(),
  plate_before: z.string().nullable(),
  plate: z.string().nullable(),
}));

export type CalendarCar = z.infer<typeof carRows>[number];
export type Booking = z.infer<typeof bookingRows>[number];
export type CalendarDay = z.infer<typeof dayRows>[number];
export type PlateChange = z.infer<typeof plateRows>[number];

/** All cars that have a row in the calendar of these days, in its order. */
export async function readCars(
  { ask, state, now }: PageRequest,
  days: Period,
): Promise<readonly CalendarCar[]> {
  return carRows.parse(
    await ask("dashboard/calendar_cars.sql", [
      ...datesOf(state.asOf, days),
      now.toString(),
      state.car,
      state.model,
    ]),
  );
}

/** The bookings of these cars and, where no one car is looked at, the first `mostUnassigned` of those without a car. */
export async function readBookings(
  { ask, state, now }: PageRequest,
  days: Period,
  cars: readonly CalendarCar[],
  mostUnassigned: number | null,
): Promise<readonly Booking[]> {
  return bookingRows.parse(
    await ask(BOOKINGS_FILE, [
      ...datesOf(state.asOf, days),
      now.toString(),
      JSON.stringify([
        ...state.car === null ? [NO_CAR] : [],
        ...cars.map(({ car_id }) => car_id),
      ]),
      state.model,
      mostUnassigned,
    ]),
  );
}

/** How many cars of the fleet, the model or the one car are free on each day. */
export async function readDays(
  { ask, state, now }: PageRequest,
  days: Period,
): Promise<readonly CalendarDay[]> {
  return dayRows.parse(
    await ask(DAYS_FILE, [
      ...datesOf(state.asOf, days),
      now.toString(),
      state.car,
      state.model,
    ]),
  );
}

/** The days from which these cars bear another plate. */
export async function readPlateChanges(
  { ask, state }: PageRequest,
  days: Period,
  cars: readonly CalendarCar[],
): Promise<readonly PlateChange[]> {
  return plateRows.parse(
    await ask("dashboard/calendar_plates.sql", [
      ...datesOf(state.asOf, days),
      JSON.stringify(cars.map(({ car_id }) => car_id)),
    ]),
  );
}

function datesOf(asOf: Temporal.PlainDate | null, { from, to }: Period) {
  return [asOf?.toString() ?? null, from.toString(), to.toString()] as const;
}
