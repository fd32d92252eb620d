import assert from "node:assert/strict";
import { dag } from "../../pipeline/daily_load_ods_cars.ts";
import { land, runFiles } from "../support/staged.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

const MERGE = ["ods/merge_ods_cars.sql"];

Deno.test("daily_load_ods_cars waits for the load of the cars", () => {
  assert.deepEqual(dag.waitsFor, [{ dag: "daily_amocrm_load_cars", task: "load_cars" }]);
});

testOnBothWarehouses("merge_ods_cars keeps each plate that a car had", async (warehouse) => {
  const car = {
    id: 5,
    model: "Nissan Sunny",
    color: "white",
    vin: "JN1XXXXX0000000",
    year: 2024,
    dailyrate: "120.50",
    in_fleet_from: "2026-04-10",
    in_fleet_to: null,
    created_at: "2026-04-01T08:00:00Z",
  };
  await land(warehouse, "stg_cars", [
    { ...car, plate: "A 1", updated_at: "2026-05-01T08:00:00Z" },
    { ...car, plate: "B 2", updated_at: "2026-05-03T08:00:00Z" },
  ]);

  const [metrics] = await runFiles(warehouse, "2026-05-03", MERGE);
  const [again] = await runFiles(warehouse, "2026-05-03", MERGE);

  const rows = await warehouse.sql`
    select to_jsonb(h) as row from ods.ods_cars_hist as h order by valid_from
  `;
  const first = {
    ...car,
    dailyrate: 120.5,
    plate: "A 1",
    created_at: "2026-04-01T08:00:00+00:00",
    updated_at: "2026-05-01T08:00:00+00:00",
    valid_from: "2026-05-01T08:00:00+00:00",
    valid_to: "2026-05-03T08:00:00+00:00",
    is_current: false,
    closed_by: null,
    load_date: "2026-05-03",
  };
  assert.deepEqual(rows.map(({ row }) => row), [first, {
    ...first,
    plate: "B 2",
    updated_at: "2026-05-03T08:00:00+00:00",
    valid_from: "2026-05-03T08:00:00+00:00",
    valid_to: null,
    is_current: true,
  }]);
  assert.deepEqual([metrics?.rows_written, again?.rows_written], [2, 0]);
});

testOnBothWarehouses("cars_as_of() gives the plate of the moment", async (warehouse) => {
  await land(warehouse, "stg_cars", [
    { id: 5, plate: "A 1", updated_at: "2026-05-01T08:00:00Z" },
    { id: 5, plate: "B 2", updated_at: "2026-05-03T08:00:00Z" },
  ]);
  await runFiles(warehouse, "2026-05-03", MERGE);

  const rows = await warehouse.sql`
    select
      (select plate from ods.cars_as_of('2026-05-03T07:59:59Z')) as before,
      (select plate from ods.cars_as_of('2026-05-03T08:00:00Z')) as then
  `;
  assert.deepEqual(rows.map((row) => ({ ...row })), [{ before: "A 1", then: "B 2" }]);
});
