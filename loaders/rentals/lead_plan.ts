import type { Faker } from "@faker-js/faker";
import type { DaySpan } from "./car_days.ts";
import { createFleetDays, type Place } from "./fleet_days.ts";
import type { Car, Client, Rental } from "./rental.ts";
import { type DayCounting, priceOf } from "./rental_days.ts";
import type { StageCounts } from "./stage_counts.ts";
import { type Stage, STAGES } from "./stages.ts";

/** A lead that is to be invented. */
export interface WantedLead {
  /** Tells the leads of a plan apart. */
  readonly number: number;
  readonly stage: Stage;
}

/** An invented lead. */
export interface PlannedLead extends WantedLead, Rental {
  readonly client: Client;
  /** When the client called: before the rental and before today. */
  readonly createdAt: Temporal.Instant;
  /** When it was closed or cancelled; null while it is open. */
  readonly closedAt: Temporal.Instant | null;
}

/** What leads are invented for. */
export interface PlanOptions {
  /** Seeded by the caller: the same state gives the same leads. */
  readonly faker: Faker;
  /** The most popular one first; at least one. */
  readonly cars: readonly Car[];
  /** At least one. */
  readonly clients: readonly Client[];
  /** On rent is what contains this day; what is returned lies before it, what is to come after it. */
  readonly today: Temporal.PlainDate;
  readonly counting: DayCounting;
  /** When cars are taken already, by id, in days from `today`. */
  readonly busy?: ReadonlyMap<number, readonly DaySpan[]>;
}

/** One lead for each of `counts`, numbered from 1 in the order of the stages. */
export function numberLeads(counts: StageCounts): WantedLead[] {
  const stages = STAGES.flatMap((stage) => Array.from({ length: counts[stage] }, () => stage));
  return stages.map((stage, i) => ({ number: i + 1, stage }));
}

// Leads on rent have no choice of days, so they come first, then bookings, which are nearest.
const PLACING: readonly Stage[] = [
  "on_rent",
  "confirmed",
  "returned",
  "closed",
  "deposit",
  "quote",
  "inquiry",
  "cancelled",
];

/**
 * Invents the wanted leads, of which no two of one car overlap, whatever their stages: an inquiry for days
 * that are sold could never become a booking.
 *
 * A fleet that is small for so many leads is booked for longer, not denser; and as no car can be on rent twice
 * today, leads that find none free for it are returned ones instead.
 */
export function planLeads(wanted: readonly WantedLead[], options: PlanOptions): PlannedLead[] {
  const { faker, cars, busy = new Map() } = options;
  const stages = wanted.map(({ stage }) => stage);
  const days = createFleetDays({ faker, cars, busy, stages });
  let free = days.countFree();
  const possible = wanted.map((lead): WantedLead => {
    const isPossible = lead.stage !== "on_rent" || free-- > 0;
    return isPossible ? lead : { ...lead, stage: "returned" };
  });
  return possible
    .sort((a, b) => PLACING.indexOf(a.stage) - PLACING.indexOf(b.stage) || a.number - b.number)
    .map((lead) => toLead(lead, days.place(lead.stage), options))
    .sort((a, b) => a.number - b.number);
}

function toLead(wanted: WantedLead, { car, span }: Place, options: PlanOptions): PlannedLead {
  const { faker, clients, counting, today } = options;
  const start = today.add({ days: span.from });
  const end = today.add({ days: span.to });
  const createdAt = calledBefore(start, options);
  return {
    ...wanted,
    car,
    client: faker.helpers.arrayElement(clients),
    start,
    end,
    // An inquiry has no price yet.
    price: wanted.stage === "inquiry" ? 0 : priceOf({ car, start, end }, counting),
    createdAt: createdAt.toInstant(),
    closedAt: closedAt(wanted.stage, createdAt, end)?.toInstant() ?? null,
  };
}

/** Two to twelve days before the rental starts, or before today does, whichever is earlier. */
function calledBefore(
  start: Temporal.PlainDate,
  { faker, today, counting: { timeZone } }: PlanOptions,
): Temporal.ZonedDateTime {
  const pickUp = start.toZonedDateTime({ timeZone, plainTime: "11:00" });
  const morning = today.toZonedDateTime(timeZone);
  const latest = Temporal.ZonedDateTime.compare(pickUp, morning) < 0 ? pickUp : morning;
  const seconds = faker.number.int({ min: 50 * 3600, max: 300 * 3600 });
  return latest.subtract({ seconds });
}

function closedAt(
  stage: Stage,
  createdAt: Temporal.ZonedDateTime,
  end: Temporal.PlainDate,
): Temporal.ZonedDateTime | null {
  if (stage === "closed") {
    return end.toZonedDateTime({ timeZone: createdAt.timeZoneId, plainTime: "18:00" });
  }
  // Within the two days that lie between every call and its rental.
  return stage === "cancelled" ? createdAt.add({ hours: 40 }) : null;
}
