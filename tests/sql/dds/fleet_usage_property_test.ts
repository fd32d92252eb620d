import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { casesOn } from "../../support/cases.ts";
import { CONFIRMED, INQUIRY, RENTALS } from "../../support/rentals.ts";
import { dump, land, listStatuses, runFiles, type StagedRow } from "../../support/staged.ts";
import { FIRST_DAY, moment, seen, ZONE } from "../../support/staged_days.ts";
import { testOnServer, withEmbedded } from "../../support/warehouses.ts";
import { type FleetDay, fleetDays } from "../../world/oracle/fleet_days.ts";
import type { Version } from "../../world/oracle/history.ts";
import type { Rental } from "../../world/oracle/rentals.ts";
import { MICROS } from "../../world/oracle/values.ts";

const CASES = casesOn({ embedded: 1, server: 20 });
const FLEET = "dds/merge_fact_fleet_usage_day.sql";
const MERGES = [
  "ods/merge_ods_leads.sql",
  "ods/merge_ods_cars.sql",
  "dict/merge_dict_status_leads.sql",
  "dds/merge_fact_lead_status_change.sql",
  "dds/merge_fact_rentals.sql",
  FLEET,
];
const HORIZON = 12;

// A horizon of twelve days, so that bookings and cars reach beyond it on both sides. Most bookings lie together, so that
// they share days.
const day = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: -6, max: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: -20, max: 30 }) },
);
const car = fc.record({
  id: fc.integer({ min: 1, max: 3 }),
  plate: fc.constantFrom("A", "B", null),
  joins: fc.option(fc.integer({ min: -16, max: 20 }), { freq: 3 }),
  leaves: fc.option(fc.integer({ min: -5, max: 20 }), { freq: 4 }),
  isDeleted: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
  hour: fc.integer({ min: 0, max: 23 }),
});
type Car = typeof car extends fc.Arbitrary<infer V> ? V : never;

// Cars that are there from the first date on, days before most bookings of theirs.
const USUAL_CARS: readonly Car[] = [1, 2].map((id) => ({
  id,
  plate: "A",
  joins: -10,
  leaves: null,
  isDeleted: false,
  hour: 0,
}));

const id = fc.integer({ min: 1, max: 5 });
const isWide = fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0);
// What follows from the id comes again with another price or status, and has its days to itself but for other spans.
const usualSpan = id.map((id) => ({
  id,
  carId: 1 + id % 2,
  start: 3 * Math.ceil(id / 2) - 8,
  days: 3,
  isWide: false,
}));
const span = fc.record({
  id,
  carId: fc.integer({ min: 1, max: 3 }),
  start: day,
  days: fc.integer({ min: -1, max: 9 }),
  isWide,
});
const lead = fc.record({
  span: fc.oneof({ weight: 3, arbitrary: usualSpan }, { weight: 2, arbitrary: span }),
  isBooking: fc.integer({ min: 0, max: 4 }).map((dice) => dice > 0),
  budget: fc.constantFrom(0, 100, 77.77),
  created: fc.integer({ min: -6, max: 0 }),
  isDeleted: fc.integer({ min: 0, max: 6 }).map((dice) => dice === 0),
});
const date = fc.record({
  skipped: fc.integer({ min: 0, max: 3 }),
  hasFailed: fc.integer({ min: 0, max: 3 }).map((dice) => dice === 0),
  cars: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Car[]>([]) },
    { weight: 2, arbitrary: fc.array(car, { minLength: 1, maxLength: 3 }) },
  ),
  leads: fc.array(lead, { minLength: 1, maxLength: 5, size: "max" }),
});

type Day = typeof date extends fc.Arbitrary<infer V> ? V : never;

Deno.test("fleet days by what changed are those of the whole (embedded)", () =>
  withEmbedded((warehouse) => checkDays(warehouse, CASES.embedded)));

testOnServer(
  "fleet days by what changed are those of the whole",
  (warehouse) => checkDays(warehouse, CASES.server),
);

async function checkDays(warehouse: Warehouse, numRuns: number): Promise<void> {
  await listStatuses(warehouse, {
    [RENTALS]: ["Car Rental", { [INQUIRY]: "Inquiry", [CONFIRMED]: "Confirmed" }],
  });
  const settings = { max_horizon_days: String(HORIZON) };
  const property = fc.asyncProperty(
    fc.boolean(),
    fc.array(date, { minLength: 2, maxLength: 5, size: "max" }),
    async (hasUsualCars, dates) => {
      await startAnew(warehouse);
      let today = FIRST_DAY;
      if (hasUsualCars) {
        await land(warehouse, "stg_cars", USUAL_CARS.map((one, i) => toCarRow(one, today, i)));
      }
      for (const [place, { skipped, hasFailed, cars, leads }] of dates.entries()) {
        today = today.add({ days: 1 + skipped });
        await land(warehouse, "stg_cars", cars.map((one, i) => toCarRow(one, today, i)));
        await land(warehouse, "stg_leads", leads.map((one, i) => toLeadRow(one, today, i)));
        // A date that fleet usage failed: the next one takes in what bookings told on both.
        const isLeftOut = hasFailed && place < dates.length - 1;
        const merges = MERGES.filter((file) => file !== FLEET || !isLeftOut);
        await runFiles(warehouse, `${today}`, merges, settings);
        if (isLeftOut) continue;
        assert.deepEqual(await readDays(warehouse), await expectDays(warehouse, `${today}`));
      }
      const byChanges = await dump(warehouse, "dds.fact_fleet_usage_day", "car_id, usage_date");
      const again = await runFiles(warehouse, `${today}`, [FLEET], settings);
      assert.equal(again[0]?.rows_written, 0);
      await forgetDays(warehouse);
      await runFiles(warehouse, `${today}`, [FLEET], settings);
      assert.deepEqual(
        await dump(warehouse, "dds.fact_fleet_usage_day", "car_id, usage_date"),
        byChanges,
      );
    },
  );
  await fc.assert(property, { numRuns, endOnFailure: true });
}

function toCarRow(value: Car, today: Temporal.PlainDate, i: number): StagedRow {
  const dayOf = (days: number | null) => days === null ? null : `${FIRST_DAY.add({ days })}`;
  const columns = {
    plate: value.plate,
    in_fleet_from: dayOf(value.joins),
    in_fleet_to: dayOf(value.leaves),
    created_at: moment(-3 - value.id, 9),
  };
  return {
    id: value.id,
    ...(value.isDeleted ? {} : columns),
    ...seen(today, value.hour, i, value.isDeleted),
  };
}

function toLeadRow(value: Day["leads"][0], today: Temporal.PlainDate, i: number): StagedRow {
  const { id, carId, start, days, isWide } = value.span;
  const columns = {
    pipeline_id: RENTALS,
    status_id: value.isBooking ? CONFIRMED : INQUIRY,
    car_element_id: carId,
    budget: value.budget,
    rental_start: moment(start, 10),
    rental_end: moment(start + days + (isWide ? 40 : 0), 9),
    created_at: moment(value.created, 8),
  };
  return {
    id,
    ...(value.isDeleted ? {} : columns),
    ...seen(today, 12, i, value.isDeleted),
  };
}

const versionRows = z.array(z.object({
  id: z.number(),
  plate: z.string().nullable(),
  in_fleet_from: z.string().nullable(),
  in_fleet_to: z.string().nullable(),
  created_at: z.number().nullable(),
  valid_from: z.number(),
  valid_to: z.number().nullable(),
  closed_by: z.literal("absence").nullable(),
}));
const rentalRows = z.array(z.object({
  lead_id: z.number(),
  car_id: z.number(),
  is_booking: z.boolean(),
  amount: z.number().nullable(),
  rental_start: z.number(),
  rental_end: z.number(),
}));

/** The days that follow from the history of cars and from the rentals, by the oracle of the worlds. */
async function expectDays({ sql }: Warehouse, logicalDate: string): Promise<unknown[]> {
  const versions = versionRows.parse([
    ...await sql`
      select
        id::integer, plate, in_fleet_from::text, in_fleet_to::text,
        extract(epoch from created_at)::integer as created_at,
        extract(epoch from valid_from)::integer as valid_from,
        extract(epoch from valid_to)::integer as valid_to,
        closed_by
      from ods.ods_cars_hist
      order by id, valid_from
    `,
  ]).map(({ id, valid_from, valid_to, closed_by, ...columns }): Version => ({
    id,
    columns,
    updatedAt: valid_from,
    validFrom: valid_from,
    validTo: valid_to,
    closedBy: closed_by,
  }));
  const rentals = rentalRows.parse([
    ...await sql`
      select
        lead_id::integer, car_id::integer, is_booking,
        (amount * ${MICROS}::integer)::float8 as amount,
        extract(epoch from rental_start)::integer as rental_start,
        extract(epoch from rental_end)::integer as rental_end
      from dds.fact_rentals
    `,
  ]).map(toRental);
  const [first] = await sql`
    select extract(
      epoch from least((select min(created_at) from stg.stg_leads), (select min(created_at) from stg.stg_cars))
    )::integer as created
  `;
  return fleetDays(Map.groupBy(versions, ({ id }) => id), rentals, {
    zone: ZONE,
    logicalDate,
    maxDays: HORIZON,
    earliestCreated: first?.created ?? null,
  }).map(({ carId, day, plate, leadIds, amountShare }: FleetDay) =>
    JSON.stringify([carId, day, plate, leadIds, amountShare / MICROS])
  ).sort();
}

function toRental(row: z.infer<typeof rentalRows>[number]): Rental {
  const { lead_id, car_id, is_booking, amount, rental_start, rental_end } = row;
  return {
    leadId: lead_id,
    version: {
      id: lead_id,
      columns: { rental_start, rental_end },
      updatedAt: 0,
      validFrom: 0,
      validTo: null,
      closedBy: null,
    },
    carId: car_id,
    clientId: 0,
    status: undefined,
    stage: "confirmed",
    days: null,
    amount,
    isBooking: is_booking,
    confirmedAt: null,
  };
}

async function readDays({ sql }: Warehouse): Promise<unknown[]> {
  const rows = await sql`
    select car_id::integer, usage_date::text, plate, to_jsonb(lead_ids) as lead_ids, amount_share::float8
    from dds.fact_fleet_usage_day
  `;
  return rows.map((row) =>
    JSON.stringify([row.car_id, row.usage_date, row.plate, row.lead_ids, row.amount_share])
  ).sort();
}

async function startAnew(warehouse: Warehouse): Promise<void> {
  const { sql } = warehouse;
  await sql`
    truncate stg.stg_leads, stg.stg_cars, ods.ods_leads_hist, ods.ods_cars_hist, dds.fact_rentals,
      dds.fact_lead_status_change, dds.lead_first_status, dds.unresolved_link
  `;
  await sql`
    update ops.watermark set position = 0, settings = null, cursor_day = null where name ~ '^(ods|dds)[.]'
  `;
  await forgetDays(warehouse);
}

async function forgetDays({ sql }: Warehouse): Promise<void> {
  await sql`truncate dds.fact_fleet_usage_day, dds.fact_fleet_usage_day_pending`;
  await sql`
    update ops.watermark
    set position = 0, settings = null, cursor_day = null
    where name ~ '^dds[.]fact_fleet_usage_day'
  `;
}
