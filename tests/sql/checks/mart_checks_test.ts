import assert from "node:assert/strict";
import { findOffenders } from "../../support/checks.ts";
import { buildDay } from "../../support/marts.ts";
import { CLOSED, CONFIRMED, dubai, element, INQUIRY, lead } from "../../support/rentals.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

testOnBothWarehouses("the checks of the marts find sums that do not add up", async (warehouse) => {
  const { sql } = warehouse;
  await buildDay(warehouse, "2026-05-06", {
    cars: [element(501, "2026-05-01 07:00", { plate: "A 1" })],
    leads: [
      lead(1, "2026-05-01 09:00", {
        status_id: CLOSED,
        plate: "A 1",
        budget: 300,
        rental_start: dubai("2026-05-01 10:00"),
        rental_end: dubai("2026-05-04 10:00"),
      }),
      lead(2, "2026-05-01 09:00", {
        status_id: CONFIRMED,
        budget: 90,
        rental_start: dubai("2026-05-06 10:00"),
        rental_end: dubai("2026-05-08 10:00"),
      }),
      lead(3, "2026-05-01 09:00", { status_id: INQUIRY }),
    ],
  });
  const checks = [
    ...["cars_add_up", "unattributed_add_up", "models_add_up", "months_add_up"],
    "cohorts_add_up",
  ];
  for (const check of checks) assert.deepEqual(await findOffenders(warehouse, check), []);

  await sql`update dm.fleet_utilisation_month set car_days = 7 where level = 'car'`;
  assert.deepEqual(await findOffenders(warehouse, "cars_add_up"), [
    ["dm.fleet_utilisation_month", "202605", "car days 5, of cars 7"],
  ]);
  await sql`delete from dm.unattributed_booking`;
  assert.deepEqual(await findOffenders(warehouse, "unattributed_add_up"), [
    ["dm.revenue_day", "20260506", "counted 1, listed 0"],
  ]);
  await sql`update dm.model_day set revenue = 90 where usage_date = '2026-05-01'`;
  assert.deepEqual(await findOffenders(warehouse, "models_add_up"), [
    ["dm.revenue_day", "20260501", "revenue 100, models 90; rented days 1, models 1"],
  ]);
  await sql`update dm.revenue_day set revenue = 0 where usage_date = '2026-05-02'`;
  assert.deepEqual(await findOffenders(warehouse, "months_add_up"), [
    ["dm.revenue_month", "202605", "revenue 300, days 200; rented days 3, days 3"],
  ]);
  await sql`update dm.lead_funnel_week set open = 0`;
  assert.deepEqual(await findOffenders(warehouse, "cohorts_add_up"), [
    ["dm.lead_funnel_week", "20260427", "leads 3, won 1, lost 0, open 0"],
  ]);
});
