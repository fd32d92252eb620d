import type { Faker } from "@faker-js/faker";
import type { Car } from "./fleet.ts";
import { LEADS_AT_START, type Stage } from "./stages.ts";

/** A lead as the demo's business knows it; positions point into the fleet and the list of people. */
export interface Rental {
  stage: Stage;
  readonly car: number;
  readonly person: number;
  readonly start: Temporal.PlainDate;
  end: Temporal.PlainDate;
  /** Whole money of the account's currency. */
  price: number;
  /** When the customer called. */
  readonly createdAt: Temporal.ZonedDateTime;
}

/** Hands out rentals of which no two of one car overlap. */
export interface RentalPlan {
  /** The leads that the business starts with. */
  readonly atStart: readonly Rental[];
  /** A customer calls at a moment and wants the car that is free first, on days after that. */
  inquire(calledAt: Temporal.ZonedDateTime): Rental;
}

/** What a plan is made for. */
export interface PlanOptions {
  readonly faker: Faker;
  readonly cars: readonly Car[];
  readonly people: number;
  /** The moment at which the demo begins: rentals before it are history, those after it plans. */
  readonly opensAt: Temporal.ZonedDateTime;
}

type Place = (stage: Stage) => Rental;

/** Plans past and future of a fleet; the same state of `faker` gives the same plan. */
export function createRentalPlan({ faker, cars, people, opensAt }: PlanOptions): RentalPlan {
  const today = opensAt.toPlainDate();
  const between = (min: number, max: number) => faker.number.int({ min, max });
  // The days between which each car is planned for; what comes next goes before or after them.
  const planned = cars.map(({ dailyrate }, car) => ({ car, dailyrate, from: today, to: today }));

  const rent = (
    stage: Stage,
    { car, dailyrate }: { readonly car: number; readonly dailyrate: number },
    start: Temporal.PlainDate,
    end: Temporal.PlainDate,
  ): Rental => ({
    stage,
    car,
    person: between(0, people - 1),
    start,
    end,
    // An inquiry has no price yet.
    price: stage === "inquiry" ? 0 : dailyrate * start.until(end).days,
    createdAt: calledBefore(start, opensAt, between(50, 300), between(1, 400)),
  });
  const ahead: Place = (stage) => {
    const line = first(planned, (a, b) => Temporal.PlainDate.compare(a.to, b.to));
    const start = line.to.add({ days: between(1, 3) });
    line.to = start.add({ days: between(2, 6) });
    return rent(stage, line, start, line.to);
  };
  const back: Place = (stage) => {
    const line = first(planned, (a, b) => Temporal.PlainDate.compare(b.from, a.from));
    const end = line.from.subtract({ days: between(0, 3) });
    line.from = end.subtract({ days: between(2, 6) });
    return rent(stage, line, line.from, end);
  };
  const around: Place = (stage) => {
    // Cars that nothing is planned for yet come first.
    const line = first(planned, (a, b) => a.from.until(a.to).days - b.from.until(b.to).days);
    line.from = today.subtract({ days: between(1, 4) });
    line.to = today.add({ days: between(1, 3) });
    return rent(stage, line, line.from, line.to);
  };
  return {
    atStart: planAtStart({ around, back, ahead }),
    inquire: (calledAt) => ({ ...ahead("inquiry"), createdAt: calledAt }),
  };
}

type PlaceName = "around" | "back" | "ahead";

const PLACES: readonly (readonly [Stage, PlaceName])[] = [
  ["on_rent", "around"],
  ["returned", "back"],
  ["closed", "back"],
  ["confirmed", "ahead"],
  ["deposit", "ahead"],
  ["quote", "ahead"],
  ["inquiry", "ahead"],
  ["cancelled", "ahead"],
];

function planAtStart(places: Readonly<Record<PlaceName, Place>>): Rental[] {
  return PLACES.flatMap(([stage, place]) =>
    Array.from({ length: LEADS_AT_START[stage] }, () => places[place](stage))
  );
}

/** Hours and minutes before the rental starts, or before the demo does, whichever is earlier. */
function calledBefore(
  start: Temporal.PlainDate,
  opensAt: Temporal.ZonedDateTime,
  hours: number,
  minutes: number,
): Temporal.ZonedDateTime {
  const pickUp = start.toZonedDateTime({ timeZone: opensAt.timeZoneId, plainTime: "11:00" });
  const latest = Temporal.ZonedDateTime.compare(pickUp, opensAt) < 0 ? pickUp : opensAt;
  return latest.subtract({ hours, minutes });
}

function first<T>(items: readonly T[], order: (a: T, b: T) => number): T {
  return items.reduce((best, item) => order(item, best) < 0 ? item : best);
}
