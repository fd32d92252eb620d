import { lookupKey } from "../../lib/landing/records/lookup_key.ts";
import {
  type Calendar,
  type CalendarCancellation,
  type CalendarProblem,
  type CalendarRental,
  placeOf,
} from "./calendar.ts";
import { readLicense } from "./calendar_description.ts";
import { findByPlate } from "./plate_match.ts";
import type { Car, Client, Rental } from "./rental.ts";
import { type DayCounting, priceOf } from "./rental_days.ts";
import type { Stage } from "./stages.ts";

/** An event whose car is known. */
export interface CalendarLead extends Rental {
  readonly event: CalendarRental;
}

/** What a calendar is matched with. */
export interface CalendarContext {
  readonly cars: readonly Car[];
  readonly clients: readonly Client[];
  readonly today: Temporal.PlainDate;
  readonly counting: DayCounting;
}

/** The rentals of a calendar, what is none, and what is worth knowing of the others. */
export interface MatchedCalendar {
  readonly leads: readonly CalendarLead[];
  /** Events that are known by their UIDs alone. */
  readonly cancellations: readonly CalendarCancellation[];
  readonly problems: readonly CalendarProblem[];
  readonly notes: readonly CalendarProblem[];
}

/**
 * Finds the car of each event by the plate in its summary, and its client by a line "License: …" in its
 * description, if it has one. A rental that is over counts as returned, any other as confirmed: a calendar does
 * not say whether a car has been handed over.
 */
export function matchCalendar(calendar: Calendar, context: CalendarContext): MatchedCalendar {
  const leads: CalendarLead[] = [];
  const cancellations: CalendarCancellation[] = [...calendar.cancellations];
  const problems: CalendarProblem[] = [...calendar.problems];
  const notes: CalendarProblem[] = [];
  for (const event of calendar.rentals) {
    const car = findByPlate(event.summary, context.cars);
    if (typeof car !== "string") {
      const { client, note } = matchClient(event, context.clients);
      if (note !== null) notes.push({ ...placeOf(event), reason: note });
      leads.push(toLead(event, car, client, context));
    } else if (event.isCancelled) cancellations.push({ ...placeOf(event), uid: event.uid });
    else problems.push({ ...placeOf(event), reason: REASONS[car] });
  }
  const sorted = problems.sort((a, b) => a.number - b.number);
  return { leads, cancellations, problems: sorted, notes };
}

function matchClient(
  { description }: CalendarRental,
  clients: readonly Client[],
): { readonly client: Client | null; readonly note: string | null } {
  const read = readLicense(description);
  if (read === null) return { client: null, note: null };
  if (read === "unclear") {
    const note = 'its description speaks of a licence, but not in a line like "License: X-1": ' +
      "imported without a client";
    return { client: null, note };
  }
  const client = findClient(read.license, clients);
  return client
    ? { client, note: null }
    : { client, note: "its licence is that of no client: imported without one" };
}

const REASONS = {
  none: "its summary names no car that is in the catalog with plate and daily rate, expected one",
  several: "its summary names several cars, expected one",
};

function toLead(
  event: CalendarRental,
  car: Car,
  client: Client | null,
  { today, counting }: CalendarContext,
): CalendarLead {
  const { start, end } = event;
  const price = priceOf({ car, start, end }, counting);
  return { event, stage: stageOf(event, today), car, client, start, end, price };
}

function stageOf({ end, isCancelled }: CalendarRental, today: Temporal.PlainDate): Stage {
  if (isCancelled) return "cancelled";
  return Temporal.PlainDate.compare(end, today) <= 0 ? "returned" : "confirmed";
}

function findClient(license: string, clients: readonly Client[]): Client | null {
  const key = lookupKey(license);
  const [only, ...others] = clients.filter((client) => lookupKey(client.license) === key);
  return only && others.length === 0 ? only : null;
}
