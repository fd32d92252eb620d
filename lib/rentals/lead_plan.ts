import type { Faker } from "@faker-js/faker";
import { type CarDays, createCarDays, type DaySpan } from "./car_days.ts";
import type { Car, Client, Rental } from "./rental.ts";
import { countRentalDays, type DayCounting } from "./rental_days.ts";
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

/**
 * Invents the wanted leads, of which no two of one car overlap, whatever their stages: an inquiry for days
 * that are sold could never become a booking.
 *
 * Car number n is asked for 1/n times as often as the first one (a power law), as long as it has days left. A
 * fleet that is small for so many leads is booked for longer, not denser; and as no car can be on rent twice
 * today, leads that find none free for it are returned ones instead.
 */
export function planLeads(wanted: readonly WantedLead[], options: PlanOptions): PlannedLead[] {
  const fleet = options.cars.map((car, i) => ({
    car,
    weight: 1 / (i + 1),
    days: createCarDays(options.busy?.get(car.id)),
  }));
  const leads = limitOnRent(wanted, fleet);
  const reach = {
    back: reachOf(leads.filter(({ stage }) => mayBePast(stage)), fleet),
    ahead: reachOf(leads.filter(({ stage }) => mayBeAhead(stage)), fleet),
  };
  return leads
    .sort((a, b) => PLACING.indexOf(a.stage) - PLACING.indexOf(b.stage) || a.number - b.number)
    .map((lead) => toLead(lead, findDays(lead.stage, fleet, reach, options.faker), options))
    .sort((a, b) => a.number - b.number);
}

function limitOnRent(wanted: readonly WantedLead[], fleet: readonly FleetCar[]): WantedLead[] {
  let free = fleet.filter(({ days }) => days.countStarts({ from: 0, to: 1 }, 1) > 0).length;
  return wanted.map((lead) => {
    if (lead.stage !== "on_rent" || free-- > 0) return lead;
    return { ...lead, stage: "returned" };
  });
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

/** A car with what decides who gets it. */
interface FleetCar {
  readonly car: Car;
  readonly weight: number;
  readonly days: CarDays;
}

interface Place {
  readonly car: Car;
  readonly span: DaySpan;
}

/** Days of a rental and how usual they are: four on average. */
const LENGTHS = [
  { value: 1, weight: 1 },
  { value: 2, weight: 3 },
  { value: 3, weight: 5 },
  { value: 4, weight: 4 },
  { value: 5, weight: 3 },
  { value: 7, weight: 2 },
  { value: 10, weight: 1 },
];
const MEAN_DAYS = 4;
const LEAST_REACH = 45;
/** So that a plan finds its place although the leads before it lie anywhere. */
const MOST_TAKEN = 0.6;

/** How many days back and ahead of today are filled at first. */
interface Reach {
  readonly back: number;
  readonly ahead: number;
}

/** A month and a half, or more when the fleet could not bear so many leads. */
function reachOf(wanted: readonly WantedLead[], fleet: readonly FleetCar[]): number {
  const days = wanted.length * MEAN_DAYS;
  return Math.max(LEAST_REACH, Math.ceil(days / (fleet.length * MOST_TAKEN)));
}

function mayBePast(stage: Stage): boolean {
  return stage === "returned" || stage === "closed" || stage === "cancelled";
}

function mayBeAhead(stage: Stage): boolean {
  return stage === "cancelled" || !(mayBePast(stage) || stage === "on_rent");
}

function findDays(
  stage: Stage,
  fleet: readonly FleetCar[],
  reach: Reach,
  faker: Faker,
): Place {
  const days = faker.helpers.weightedArrayElement(LENGTHS);
  if (stage === "on_rent") return findAroundToday(fleet, days, faker);
  const isPast = mayBePast(stage) && !(mayBeAhead(stage) && faker.datatype.boolean());
  for (let far = isPast ? reach.back : reach.ahead;; far *= 2) {
    // From yesterday back, or from tomorrow on.
    const window = isPast ? { from: -far, to: -1 } : { from: 1, to: far };
    const place = choose(fleet, window, days, faker, isPast ? latest : earliest);
    if (place) return place;
  }
}

/** Chooses one of several first days, by their numbers from 0 on. */
type ChooseStart = (faker: Faker, starts: number) => number;

// The nearest to today of some: people rent for the days that come next.
const DRAWS = 3;
const earliest: ChooseStart = (faker, starts) => Math.min(...drawSome(faker, starts));
const latest: ChooseStart = (faker, starts) => Math.max(...drawSome(faker, starts));
const anyStart: ChooseStart = (faker, starts) => faker.number.int({ max: starts - 1 });

function drawSome(faker: Faker, starts: number): number[] {
  return Array.from({ length: DRAWS }, () => anyStart(faker, starts));
}

/** Shorter when no car has that many days around today. */
function findAroundToday(fleet: readonly FleetCar[], longest: number, faker: Faker): Place {
  for (let days = longest; days > 0; days--) {
    const place = choose(fleet, { from: 1 - days, to: days }, days, faker, anyStart);
    if (place) return place;
  }
  throw new RangeError("Cannot plan a lead on rent: no car is free today, expected one");
}

function choose(
  fleet: readonly FleetCar[],
  window: DaySpan,
  days: number,
  faker: Faker,
  chooseStart: ChooseStart,
): Place | null {
  const open = fleet
    .map((value) => ({ value, starts: value.days.countStarts(window, days) }))
    .filter(({ starts }) => starts > 0);
  if (open.length === 0) return null;
  const { value, starts } = faker.helpers.weightedArrayElement(
    open.map((one) => ({ value: one, weight: one.value.weight })),
  );
  const index = chooseStart(faker, starts);
  return { car: value.car, span: value.days.take(window, days, index) };
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
    price: wanted.stage === "inquiry"
      ? 0
      : Math.round(car.dailyrate * countRentalDays(start, end, counting)),
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
