import assert from "node:assert/strict";
import fc from "fast-check";
import { readConfig } from "../../../lib/config.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { dags } from "../../../pipeline/daily.ts";
import { LAYERS, rebuildLayer } from "../../../pipeline/history/rebuild_layer.ts";
import { casesOn } from "../../support/cases.ts";
import { buildDay, buildMarts, listRows, startAnew } from "../../support/marts.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  INQUIRY,
  ON_RENT,
  OTHER,
  RENTALS,
  RETURNED,
} from "../../support/rentals.ts";
import { land, type StagedRow } from "../../support/staged.ts";
import { computeFleetThen, readFleetThen } from "../../support/fleet_then.ts";
import { computeMoneyThen, readMoneyThen } from "../../support/money_then.ts";
import { FIRST_DAY, moment, seen } from "../../support/staged_days.ts";
import { testOnServer, withEmbedded } from "../../support/warehouses.ts";
import { makeWholeAsOf } from "../../support/whole_as_of.ts";

const CASES = casesOn({ embedded: 1, server: 4 });
const HORIZON = 20;
const AFTER_ALL = "'2027-01-01Z'::timestamptz";

const CONFIG = readConfig({}, { amo: false });

// Days count from the 28th of May: bookings and cars reach beyond a horizon of twenty days on both sides.
const day = fc.integer({ min: -25, max: 40 });
const car = fc.record({
  id: fc.integer({ min: 1, max: 3 }),
  model: fc.constantFrom("Sedan", "Van", null),
  joins: fc.option(fc.integer({ min: -16, max: 20 }), { freq: 3 }),
  leaves: fc.option(fc.integer({ min: -5, max: 20 }), { freq: 4 }),
  isDeleted: fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0),
  plate: fc.constantFrom("P", "P", "P", "Q"),
});
type Car = typeof car extends fc.Arbitrary<infer V> ? V : never;

// Cars that are there from the first date on, days before most bookings of theirs.
const USUAL_CARS: readonly Car[] = [1, 2].map((id) => ({
  id,
  model: "Sedan",
  joins: -16,
  leaves: null,
  isDeleted: false,
  plate: "P",
}));

const anyLead = fc.record({
  id: fc.integer({ min: 1, max: 6 }),
  carId: fc.constantFrom(1, 1, 2, 3, 0, null),
  pipeline: fc.constantFrom(RENTALS, RENTALS, RENTALS, RENTALS, OTHER),
  status: fc.constantFrom(INQUIRY, CONFIRMED, CONFIRMED, ON_RENT, RETURNED, CLOSED, CANCELLED),
  start: fc.option(day, { freq: 8 }),
  end: fc.option(fc.integer({ min: -1, max: 9 }), { freq: 8 }),
  hour: fc.constantFrom(0, 9, 10, 15),
  isWide: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
  budget: fc.constantFrom(0, 100, 77.77, null),
  rate: fc.constantFrom(null, 30),
  created: fc.integer({ min: -6, max: 0 }),
  isDeleted: fc.integer({ min: 0, max: 6 }).map((dice) => dice === 0),
});
// What follows from the id comes again with another price or stage, and has its days to itself but for other leads.
const usualLead = fc.tuple(anyLead, fc.constantFrom(CONFIRMED, ON_RENT, RETURNED)).map((
  [one, status],
) => ({
  ...one,
  carId: 1 + one.id % 2,
  pipeline: RENTALS,
  status,
  start: 3 * one.id - 14,
  end: 3,
  hour: 10,
  isWide: false,
  isDeleted: false,
}));
const lead = fc.oneof(
  { weight: 3, arbitrary: anyLead },
  { weight: 2, arbitrary: usualLead },
);
const date = fc.record({
  skipped: fc.constantFrom(0, 0, 1, 3),
  horizon: fc.constantFrom(HORIZON, HORIZON, HORIZON, HORIZON, HORIZON, 12),
  cars: fc.oneof(fc.constant<Car[]>([]), fc.array(car, { maxLength: 3 })),
  leads: fc.array(lead, { maxLength: 5, size: "max" }),
});

type Day = typeof date extends fc.Arbitrary<infer V> ? V : never;

Deno.test("marts of money and fleet by what changed are those of the whole (embedded)", () =>
  withEmbedded((warehouse) => checkMarts(warehouse, CASES.embedded)));

testOnServer(
  "marts of money and fleet by what changed are those of the whole",
  (warehouse) => checkMarts(warehouse, CASES.server),
);

async function checkMarts(warehouse: Warehouse, numRuns: number): Promise<void> {
  await makeWholeAsOf(warehouse);
  const property = fc.asyncProperty(
    fc.boolean(),
    fc.array(date, { minLength: 2, maxLength: 4 }),
    async (hasUsualCars, dates) => {
      await startAnew(warehouse);
      let today = FIRST_DAY;
      if (hasUsualCars) {
        await land(warehouse, "stg_cars", USUAL_CARS.map((one, i) => toCarRow(one, today, i)));
      }
      const days: Snapshot[] = [];
      let settings = {};
      for (const { skipped, horizon, cars, leads } of dates) {
        today = today.add({ days: 1 + skipped });
        settings = { max_horizon_days: String(horizon) };
        const landed = {
          cars: cars.map((one, i) => toCarRow(one, today, i)),
          leads: leads.map((one, i) => toLeadRow(one, today, i)),
        };
        await buildDay(warehouse, `${today}`, landed, settings);
        days.push(await takeSnapshot(warehouse, today));
      }
      await checkLaw(warehouse);
      await checkModelDays(warehouse);
      await checkAsOfNow(warehouse);
      await checkByDifference(warehouse, [FIRST_DAY, ...days.map(({ date }) => date)]);
      // What a day was built with decides what it could show.
      if (new Set(dates.map(({ horizon }) => horizon)).size === 1) {
        await checkSnapshots(warehouse, days);
      }
      const again = await buildMarts(warehouse, `${today}`, settings);
      for (const [task, { rows_written }] of again) {
        assert.ok(rows_written === undefined || rows_written === 0, `${task} wrote again`);
      }
      const config = { ...CONFIG, maxHorizonDays: dates.at(-1)?.horizon ?? HORIZON };
      for (const layer of LAYERS) {
        const rebuilt = await rebuildLayer(warehouse, layer, { dags, config, dryRun: false });
        assert.deepEqual(rebuilt, { date: `${today}`, differences: [], rowsDue: 0 }, layer);
      }
    },
  );
  await fc.assert(property, { numRuns, endOnFailure: true });
}

/** The revenue and the unattributed revenue of all days are the amounts of all bookings. */
async function checkLaw({ sql }: Warehouse): Promise<void> {
  const [sums] = await sql`
    select
      (select coalesce(trim_scale(sum(amount)), 0) from dds.fact_rentals where is_booking) as booked,
      (select coalesce(trim_scale(sum(revenue + unattributed_revenue)), 0) from dm.revenue_day) as by_day,
      (
        select coalesce(trim_scale(sum(
          revenue + unattributed_revenue + revenue_ahead + unattributed_revenue_ahead
        )), 0)
        from dm.revenue_month
        where level = 'fleet'
      ) as by_month
  `;
  assert.deepEqual({ ...sums }, {
    booked: sums?.booked,
    by_day: sums?.booked,
    by_month: sums?.booked,
  });
}

/** What the functions say of now is what the marts say. */
async function checkAsOfNow(warehouse: Warehouse): Promise<void> {
  const span = (mart: string, column: string, condition: string) => `
    (select min(${column}) as first, max(${column}) as last from ${mart} where ${condition}) as span
  `;
  const now = `${AFTER_ALL}, build.last_finished_day, span.first, span.last`;
  const pairs = [
    [
      "select * from dm.revenue_day order by usage_date",
      `select r.* from dm.build, ${span("dm.revenue_day", "usage_date", "true")},
       dds.revenue_day_at(${now}) as r order by usage_date`,
    ],
    [
      "select * from dm.revenue_month order by month, level, car_id, model",
      `select r.* from dm.build, ${span("dm.revenue_month", "month", "true")},
       dds.revenue_month_at(${now}) as r order by month, level, car_id, model`,
    ],
    [
      "select * from dm.fleet_utilisation_month order by month, level, car_id, model",
      `select r.* from dm.build, ${span("dm.fleet_utilisation_month", "month", "true")},
       dds.fleet_utilisation_at(${now}) as r order by month, level, car_id, model`,
    ],
    [
      "select * from dm.unattributed_booking order by lead_id",
      `select r.* from dds.horizon() as h,
       dds.unattributed_at(${AFTER_ALL}, h.first_day, h.last_day) as r order by lead_id`,
    ],
    [
      "select * from dm.booking_pace order by as_of, stay_date",
      `select r.* from dm.build, dds.horizon() as h, generate_series(
         greatest(build.first_load_day, build.last_finished_day - 59)::timestamp,
         build.last_finished_day::timestamp, interval '1 day'
       ) as days (as_of), dm.booking_pace_as_of(days.as_of::date, h.first_day, h.last_day) as r
       order by as_of, stay_date`,
    ],
  ] as const;
  for (const [mart, asOf] of pairs) {
    assert.deepEqual(await listRows(warehouse, asOf), await listRows(warehouse, mart), mart);
  }
}

/** What functions say of the end of a day by what changed since is what they say from all bookings and cars. */
async function checkByDifference(
  warehouse: Warehouse,
  days: readonly Temporal.PlainDate[],
): Promise<void> {
  for (const day of days) {
    const moment = `dm.end_of_day('${day}')`;
    const span = `'${FIRST_DAY.subtract({ days: 60 })}', '${FIRST_DAY.add({ days: 60 })}'`;
    const queries = [
      `fleet_usage_at(${moment}, ${span}) as r order by car_id, usage_date`,
      `fleet_usage_at(${moment}, '${day}', '${day}') as r order by car_id`,
      `unattributed_at(${moment}, ${span}) as r order by lead_id`,
      `fleet_utilisation_at(${moment}, '${day}', ${span}) as r order by month, level, car_id, model`,
      `revenue_day_at(${moment}, '${day}', ${span}) as r order by usage_date`,
      `revenue_month_at(${moment}, '${day}', ${span}) as r order by month, level, car_id, model`,
    ];
    for (const query of queries) {
      assert.deepEqual(
        await listRows(warehouse, `select r.* from dds.${query}`),
        await listRows(warehouse, `select r.* from whole.${query}`),
        query,
      );
    }
    await checkLargestBookings(warehouse, day);
    await checkPagesThen(warehouse, day);
  }
}

/** What pages say of an earlier day from one look is that from all bookings and cars; of a car and of a model too. */
async function checkPagesThen(warehouse: Warehouse, day: Temporal.PlainDate): Promise<void> {
  const months = {
    asOf: day.toString(),
    from: FIRST_DAY.subtract({ days: 60 }).with({ day: 1 }).toString(),
    to: FIRST_DAY.add({ days: 60 }).with({ day: 31 }).toString(),
  };
  for (
    const whose of [
      { car: null, model: null },
      { car: 1, model: null },
      { car: null, model: "Sedan" },
      { car: null, model: "(none)" },
    ]
  ) {
    const asked = { ...months, ...whose };
    assert.deepEqual(
      await readMoneyThen(warehouse, asked),
      await computeMoneyThen(warehouse, asked),
      JSON.stringify(asked),
    );
    assert.deepEqual(
      await readFleetThen(warehouse, asked, `${FIRST_DAY}`),
      await computeFleetThen(warehouse, asked, `${FIRST_DAY}`),
      JSON.stringify(asked),
    );
  }
}

/** The days of models are the sums of those of their cars. */
async function checkModelDays(warehouse: Warehouse): Promise<void> {
  assert.deepEqual(
    await listRows(warehouse, "select * from dm.model_day order by model, usage_date"),
    await listRows(
      warehouse,
      `select
         coalesce(dim_car.model, '(none)') as model,
         count(*) as car_days,
         count(*) filter (where is_rented) as rented_days,
         sum(charged_days) as charged_days,
         count(*) filter (where is_unpriced) as unpriced_days,
         trim_scale(sum(amount_share)) as revenue,
         usage_date
       from dds.fact_fleet_usage_day
       join dds.dim_car using (car_id)
       group by 1, usage_date
       order by 1, usage_date`,
    ),
  );
}

/** Where all are asked for, the largest bookings are all that cover a day of the period. */
async function checkLargestBookings(
  warehouse: Warehouse,
  day: Temporal.PlainDate,
): Promise<void> {
  const [from, to] = [FIRST_DAY.subtract({ days: 9 }), FIRST_DAY.add({ days: 9 })];
  const columns = "lead_id, car_id, stage, amount, rental_days, rental_start, rental_end";
  const covering = (source: string, cars = "true") =>
    listRows(
      warehouse,
      `select ${columns}
       from dm.build
       cross join dm.${source} as r
       where
         car_id <> 0
         and ${cars}
         and dds.first_booked_day(rental_start, rental_end, business_tz) <= '${to}'
         and dds.last_booked_day(rental_start, rental_end, business_tz) >= '${from}'
       order by lead_id`,
    );
  assert.deepEqual(
    await covering(`largest_bookings_as_of('${day}', '${from}', '${to}', 1000)`),
    await covering(`rentals_as_of('${day}', '${from}', '${to}')`),
  );
  assert.deepEqual(
    await covering(`largest_bookings_as_of('${day}', '${from}', '${to}', 1000, '{1, 3}')`),
    await covering(`rentals_as_of('${day}', '${from}', '${to}')`, "car_id in (1, 3)"),
  );
}

interface Snapshot {
  readonly date: Temporal.PlainDate;
  readonly first: string | null;
  readonly last: string | null;
  readonly rows: readonly string[];
}

const USAGE_COLUMNS =
  "car_id, plate, rentals_cnt, lead_ids, amount_share, charged_days, is_rented, is_double_booked, is_unpriced, usage_date";

/** The days of cars as they are now. */
async function takeSnapshot(warehouse: Warehouse, date: Temporal.PlainDate): Promise<Snapshot> {
  const [span] = await warehouse.sql`
    select
      greatest(min(usage_date), (select first_day from dds.horizon()))::text as first,
      max(usage_date)::text as last
    from dds.fact_fleet_usage_day
  `;
  const rows = await listRows(
    warehouse,
    `select ${USAGE_COLUMNS} from dds.fact_fleet_usage_day order by car_id, usage_date`,
  );
  return { date, first: span?.first ?? null, last: span?.last ?? null, rows };
}

/** What is said later of the end of a day is what stood then: nothing here lands late. */
async function checkSnapshots(warehouse: Warehouse, days: readonly Snapshot[]): Promise<void> {
  for (const { date, first, last, rows } of days) {
    if (last === null) continue;
    const found = await listRows(
      warehouse,
      `select ${USAGE_COLUMNS} from dm.fleet_usage_as_of('${date}', '${first}', '${last}')
       order by car_id, usage_date`,
    );
    assert.deepEqual(found, rows, `as of ${date}`);
  }
}

function toCarRow(value: Car, today: Temporal.PlainDate, i: number): StagedRow {
  const dayOf = (days: number | null) => days === null ? null : `${FIRST_DAY.add({ days })}`;
  const columns = {
    model: value.model,
    plate: `${value.plate} ${value.id}`,
    in_fleet_from: dayOf(value.joins),
    in_fleet_to: dayOf(value.leaves),
    created_at: moment(-3 - value.id, 9),
  };
  return {
    id: value.id,
    ...(value.isDeleted ? {} : columns),
    ...seen(today, 10, i, value.isDeleted),
  };
}

function toLeadRow(value: Day["leads"][0], today: Temporal.PlainDate, i: number): StagedRow {
  const end = (value.start ?? 0) + (value.end ?? 0) + (value.isWide ? 60 : 0);
  const columns = {
    pipeline_id: value.pipeline,
    status_id: value.status,
    car_element_id: value.carId,
    budget: value.budget,
    dailyrate: value.rate,
    rental_start: value.start === null ? null : moment(value.start, value.hour),
    rental_end: value.end === null ? null : moment(end, 9),
    created_at: moment(value.created, 8),
  };
  return {
    id: value.id,
    ...(value.isDeleted ? {} : columns),
    ...seen(today, 12, i, value.isDeleted),
  };
}
