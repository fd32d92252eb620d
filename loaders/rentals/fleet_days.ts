import type { Faker } from "@faker-js/faker";
import { type CarDays, createCarDays, type DaySpan } from "./car_days.ts";
import type { Car } from "./rental.ts";
import type { Stage } from "./stages.ts";

/** A car and the days that it was given to somebody. */
export interface Place {
  readonly car: Car;
  /** In days from today. */
  readonly span: DaySpan;
}

/** The days of a whole fleet, of which no day of a car is given twice. */
export interface FleetDays {
  /** How many cars nobody has today. */
  countFree(): number;
  /** Finds a car and days that fit a stage; throws `RangeError` when no car is free today and it is to be. */
  place(stage: Stage): Place;
}

/** What days are given for. */
export interface FleetDaysOptions {
  readonly faker: Faker;
  /** The most popular one first. */
  readonly cars: readonly Car[];
  /** When cars are taken already, by id, in days from today. */
  readonly busy: ReadonlyMap<number, readonly DaySpan[]>;
  /** The stages that days will be asked for, one entry each. */
  readonly stages: readonly Stage[];
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
/** So that a rental finds its place although those before it lie anywhere. */
const MOST_TAKEN = 0.6;

/**
 * Opens the days of a fleet.
 *
 * Car number n is asked for 1/n times as often as the first one (a power law), as long as it has days left. A
 * month and a half back and ahead is filled, or more when the fleet could not bear that many rentals.
 */
export function createFleetDays({ faker, cars, busy, stages }: FleetDaysOptions): FleetDays {
  const fleet = cars.map((car, i) => ({
    car,
    weight: 1 / (i + 1),
    days: createCarDays(busy.get(car.id)),
  }));
  const reachOf = (asked: readonly Stage[]) =>
    Math.max(LEAST_REACH, Math.ceil((asked.length * MEAN_DAYS) / (fleet.length * MOST_TAKEN)));
  const back = reachOf(stages.filter(mayBePast));
  const ahead = reachOf(stages.filter(mayBeAhead));
  return {
    countFree: () => fleet.filter(({ days }) => days.countStarts({ from: 0, to: 1 }, 1) > 0).length,
    place(stage) {
      const days = faker.helpers.weightedArrayElement(LENGTHS);
      const search = { fleet, faker, days };
      if (stage === "on_rent") return placeToday(search);
      const isPast = mayBePast(stage) && !(mayBeAhead(stage) && faker.datatype.boolean());
      return isPast ? placeBack(search, back) : placeAhead(search, ahead);
    },
  };
}

function mayBePast(stage: Stage): boolean {
  return stage === "returned" || stage === "closed" || stage === "cancelled";
}

function mayBeAhead(stage: Stage): boolean {
  return stage === "cancelled" || !(mayBePast(stage) || stage === "on_rent");
}

interface FleetCar {
  readonly car: Car;
  readonly weight: number;
  readonly days: CarDays;
}

/** A search for free days. */
interface Search {
  readonly fleet: readonly FleetCar[];
  readonly faker: Faker;
  readonly days: number;
}

/** The place found first, in a window that grows until there is one. */
function placeAhead(search: Search, reach: number): Place {
  return placeIn(search, { from: 1, to: reach }, earliest) ?? placeAhead(search, 2 * reach);
}

function placeBack(search: Search, reach: number): Place {
  return placeIn(search, { from: -reach, to: -1 }, latest) ?? placeBack(search, 2 * reach);
}

/** Shorter when no car has that many days around today. */
function placeToday(search: Search): Place {
  for (let days = search.days; days > 0; days--) {
    const place = placeIn({ ...search, days }, { from: 1 - days, to: days }, anyStart);
    if (place) return place;
  }
  throw new RangeError(
    "Cannot find a car for today: none is free, expected one: upload more cars with deno task json_importer, or ask for fewer leads with --stages",
  );
}

function placeIn(
  { fleet, faker, days }: Search,
  window: DaySpan,
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

/** Chooses one of several first days by its number, counted from 0 in order of time. */
type ChooseStart = (faker: Faker, starts: number) => number;

// The nearest to today of some: people rent for the days that come next.
const DRAWS = 3;
const anyStart: ChooseStart = (faker, starts) => faker.number.int({ max: starts - 1 });
const earliest: ChooseStart = (faker, starts) => Math.min(...drawStarts(faker, starts));
const latest: ChooseStart = (faker, starts) => Math.max(...drawStarts(faker, starts));

function drawStarts(faker: Faker, starts: number): number[] {
  return Array.from({ length: DRAWS }, () => anyStart(faker, starts));
}
