import { faker } from "@faker-js/faker/locale/en";
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  numberLeads,
  planLeads,
  type PlannedLead,
  type PlanOptions,
} from "../../../loaders/rentals/lead_plan.ts";
import type { Car } from "../../../loaders/rentals/rental.ts";
import { countRentalDays } from "../../../loaders/rentals/rental_days.ts";
import {
  DEFAULT_COUNTS,
  scaleCounts,
  type StageCounts,
} from "../../../loaders/rentals/stage_counts.ts";
import { STAGES } from "../../../loaders/rentals/stages.ts";

const TODAY = Temporal.PlainDate.from("2026-05-03");
const DUBAI = { timeZone: "Asia/Dubai", graceMinutes: 29 };
const CLIENTS = [1, 2, 3].map((id) => ({ id, name: `Client ${id}`, license: `L-${id}` }));

function fleetOf(count: number): Car[] {
  return Array.from({ length: count }, (_, i) => ({
    id: 100 + i,
    model: "Nissan Sunny",
    plate: `A ${i}`,
    dailyrate: 90 + i,
  }));
}

function plan(seed: number, counts: StageCounts, options: Partial<PlanOptions>): PlannedLead[] {
  faker.seed(seed);
  return planLeads(numberLeads(counts), {
    faker,
    cars: fleetOf(12),
    clients: CLIENTS,
    today: TODAY,
    counting: DUBAI,
    ...options,
  });
}

function daysFromToday(day: Temporal.PlainDate): number {
  return TODAY.until(day).days;
}

/** Pairs of leads of one car that share a day. */
function findOverlaps(leads: readonly PlannedLead[]): string[] {
  const inOrder = leads.toSorted((a, b) =>
    a.car.id - b.car.id || Temporal.PlainDate.compare(a.start, b.start)
  );
  return inOrder.flatMap((lead, i) => {
    const next = inOrder[i + 1];
    const isOverlap = next?.car.id === lead.car.id &&
      Temporal.PlainDate.compare(next.start, lead.end) < 0;
    return isOverlap ? [`${lead.number} and ${next.number}`] : [];
  });
}

const PLACES_OF_STAGE = {
  inquiry: ["ahead"],
  quote: ["ahead"],
  deposit: ["ahead"],
  confirmed: ["ahead"],
  on_rent: ["now"],
  returned: ["past"],
  closed: ["past"],
  cancelled: ["ahead", "past"],
};

/** Ahead begins tomorrow, past ended yesterday. */
function placeOf({ start, end }: PlannedLead): string {
  if (daysFromToday(start) > 0) return "ahead";
  return daysFromToday(end) < 0 ? "past" : "now";
}

Deno.test("planLeads() fits the dates of each stage to today", () => {
  for (const lead of plan(1, { ...DEFAULT_COUNTS, closed: 9 }, {})) {
    const { stage, start, end } = lead;
    assert.ok(PLACES_OF_STAGE[stage].includes(placeOf(lead)), `${stage} ${start} ${end}`);
    assert.ok(daysFromToday(start) < daysFromToday(end));
    if (stage === "on_rent") assert.ok(daysFromToday(end) > 0);
  }
});

Deno.test("planLeads() dates calls before the rental and today, and ends after the call", () => {
  const morning = TODAY.toZonedDateTime(DUBAI.timeZone).toInstant();
  const leads = plan(1, { ...DEFAULT_COUNTS, closed: 9 }, {});
  for (const { stage, start, end, createdAt, closedAt } of leads) {
    const pickUp = start.toZonedDateTime({ timeZone: DUBAI.timeZone, plainTime: "11:00" });
    assert.ok(Temporal.Instant.compare(createdAt, pickUp.toInstant()) < 0);
    assert.ok(Temporal.Instant.compare(createdAt, morning) < 0);
    assert.equal(closedAt !== null, stage === "closed" || stage === "cancelled");
    if (closedAt === null) continue;
    assert.ok(Temporal.Instant.compare(createdAt, closedAt) < 0);
    assert.ok(Temporal.Instant.compare(closedAt, morning) < 0);
    const lastDay = closedAt.toZonedDateTimeISO(DUBAI.timeZone).toPlainDate();
    if (stage === "closed") assert.ok(lastDay.equals(end));
  }
});

Deno.test("planLeads() prices a lead at its rate times its days, an inquiry not at all", () => {
  for (const { stage, price, car, start, end } of plan(1, DEFAULT_COUNTS, {})) {
    const days = countRentalDays(start, end, DUBAI);
    assert.equal(price, stage === "inquiry" ? 0 : car.dailyrate * days);
  }
});

Deno.test("planLeads() gives the same leads for the same seed, other ones for another", () => {
  assert.deepEqual(plan(7, DEFAULT_COUNTS, {}), plan(7, DEFAULT_COUNTS, {}));
  assert.notDeepEqual(plan(7, DEFAULT_COUNTS, {}), plan(8, DEFAULT_COUNTS, {}));
});

Deno.test("planLeads() rents popular cars more", () => {
  const cars = fleetOf(12);
  const leads = plan(1, scaleCounts(DEFAULT_COUNTS, 2000), { cars });
  const rentals = cars.map(({ id }) => leads.filter(({ car }) => car.id === id).length);
  const topThree = rentals.slice(0, 3).reduce((sum, count) => sum + count, 0);
  assert.ok(topThree > 800, rentals.join());
  assert.ok((rentals[0] ?? 0) > 4 * (rentals[11] ?? 0), rentals.join());
});

Deno.test("planLeads() books a small fleet for longer instead of twice", () => {
  const leads = plan(1, scaleCounts(DEFAULT_COUNTS, 500), { cars: fleetOf(1) });

  assert.equal(leads.length, 500);
  assert.deepEqual(findOverlaps(leads), []);
  assert.equal(leads.filter(({ stage }) => stage === "on_rent").length, 1);
  assert.ok(Math.max(...leads.map(({ end }) => daysFromToday(end))) > 1000);
});

Deno.test("planLeads() puts one lead on rent for each car that is free today, the others return", () => {
  const busy = new Map([[100, [{ from: -3, to: 1 }]], [101, [{ from: 1, to: 9 }]]]);

  const leads = plan(1, { ...DEFAULT_COUNTS, on_rent: 5, returned: 3 }, { cars: fleetOf(3), busy });

  const onRent = leads.filter(({ stage }) => stage === "on_rent");
  assert.deepEqual(onRent.map(({ car }) => car.id).sort(), [101, 102]);
  assert.equal(leads.filter(({ stage }) => stage === "returned").length, 6);
});

Deno.test("planLeads() never books a car twice, for any seed, counts, fleet and earlier bookings", () => {
  const busySpan = fc.record({
    from: fc.integer({ min: -40, max: 40 }),
    days: fc.integer({ min: 1, max: 30 }),
  });
  const arbitrary = fc.record({
    seed: fc.nat(),
    count: fc.integer({ min: 0, max: 400 }),
    cars: fc.integer({ min: 1, max: 20 }),
    busy: fc.array(fc.array(busySpan, { maxLength: 5 }), { maxLength: 5 }),
  });
  fc.assert(
    fc.property(arbitrary, ({ seed, count, cars, busy }) => {
      const fleet = fleetOf(cars);
      const spans = new Map(busy.map((some, i) => [
        100 + i,
        some.map(({ from, days }) => ({ from, to: from + days })),
      ]));
      const counts = scaleCounts({ ...DEFAULT_COUNTS, closed: 5 }, count);

      const leads = plan(seed, counts, { cars: fleet, busy: spans });

      assert.equal(leads.length, count);
      assert.deepEqual(findOverlaps(leads), []);
      for (const { car, start, end } of leads) {
        const [from, to] = [daysFromToday(start), daysFromToday(end)];
        const taken = spans.get(car.id) ?? [];
        assert.ok(taken.every((span) => span.to <= from || to <= span.from));
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("numberLeads() numbers from 1 in the order of the stages", () => {
  const counts = { ...DEFAULT_COUNTS, inquiry: 2, quote: 0, deposit: 1 };
  const leads = numberLeads(counts);

  assert.deepEqual(leads.slice(0, 4), [
    { number: 1, stage: "inquiry" },
    { number: 2, stage: "inquiry" },
    { number: 3, stage: "deposit" },
    { number: 4, stage: "confirmed" },
  ]);
  assert.deepEqual([...new Set(leads.map(({ stage }) => stage))], [
    ...STAGES.filter((stage) => counts[stage] > 0),
  ]);
});
