import type { Calendar, CalendarProblem, CalendarRental } from "./calendar.ts";
import { lookupKey } from "../../lib/landing/records/lookup_key.ts";
import { findByPlate } from "./plate_match.ts";
import type { Car, Client, Rental } from "./rental.ts";
import { countRentalDays, type DayCounting } from "./rental_days.ts";
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
  const problems: CalendarProblem[] = [...calendar.problems];
  const notes: CalendarProblem[] = [];
  for (const event of calendar.rentals) {
    const { number } = event;
    const car = findByPlate(event.summary, context.cars);
    if (typeof car === "string") {
      problems.push({ number, reason: REASONS[car] });
      continue;
    }
    const license = readLicense(event.description);
    const client = license === null ? null : findClient(license, context.clients);
    if (license !== null && client === null) {
      notes.push({ number, reason: "its licence is that of no client: imported without one" });
    }
    leads.push(toLead(event, car, client, context));
  }
  return { leads, problems: problems.sort((a, b) => a.number - b.number), notes };
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
  const price = Math.round(car.dailyrate * countRentalDays(start, end, counting));
  return { event, stage: stageOf(event, today), car, client, start, end, price };
}

function stageOf({ end, isCancelled }: CalendarRental, today: Temporal.PlainDate): Stage {
  if (isCancelled) return "cancelled";
  return Temporal.PlainDate.compare(end, today) <= 0 ? "returned" : "confirmed";
}

function readLicense(description: string): string | null {
  return /^\s*licen[cs]e\s*:\s*(\S.*?)\s*$/im.exec(description)?.[1] ?? null;
}

function findClient(license: string, clients: readonly Client[]): Client | null {
  const key = lookupKey(license);
  const [only, ...others] = clients.filter((client) => lookupKey(client.license) === key);
  return only && others.length === 0 ? only : null;
}
