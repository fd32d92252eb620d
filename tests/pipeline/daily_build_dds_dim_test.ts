import assert from "node:assert/strict";
import { dag } from "../../pipeline/daily_build_dds_dim.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { findOffenders } from "../support/checks.ts";
import { dubai, element, lead, liveDay, OTHER, RENTALS } from "../support/rentals.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

Deno.test("daily_build_dds_dim waits for the histories and the dictionary", () => {
  assert.deepEqual(dag.waitsFor, [
    { dag: "daily_load_ods_leads", task: "merge_ods_leads" },
    { dag: "daily_load_ods_clients", task: "merge_ods_clients" },
    { dag: "daily_load_ods_cars", task: "merge_ods_cars" },
    { dag: "daily_build_dict_status_leads", task: "merge_dict_status_leads" },
  ]);
});

testOnBothWarehouses("merge_dim_car has the current version of each car", async (warehouse) => {
  const sunny = {
    model: "Sunny",
    color: "red",
    vin: "V",
    year: 2024,
    dailyrate: "99.50",
    in_fleet_from: "2026-05-01",
    in_fleet_to: "2027-04-30",
  };
  await liveDay(warehouse, "2026-05-01", {
    cars: [
      element(5, "2026-05-01 08:00", { ...sunny, plate: "A 1" }),
      element(6, "2026-05-01 08:00", { plate: "C 3" }),
    ],
  });
  await liveDay(warehouse, "2026-05-02", {
    cars: [
      element(5, "2026-05-02 08:00", { ...sunny, plate: "B 2" }),
      element(6, "2026-05-02 08:00", { is_deleted: true, deleted_by: "absence" }),
    ],
  });

  const rows = await warehouse.sql`
    select to_jsonb(c) as row from dds.dim_car as c order by car_id
  `;
  const empty = {
    model: null,
    color: null,
    vin: null,
    year: null,
    dailyrate: null,
    in_fleet_from: null,
    in_fleet_to: null,
  };
  assert.deepEqual(rows.map(({ row }) => row), [
    {
      ...empty,
      car_id: 0,
      model: "Unknown",
      plate: null,
      is_deleted: false,
      created_at: null,
      updated_at: null,
      load_date: null,
    },
    {
      ...sunny,
      dailyrate: 99.5,
      car_id: 5,
      plate: "B 2",
      is_deleted: false,
      created_at: "2026-05-01T03:00:00+00:00",
      updated_at: "2026-05-02T04:00:00+00:00",
      load_date: "2026-05-02",
    },
    {
      ...empty,
      car_id: 6,
      plate: "C 3",
      is_deleted: true,
      created_at: "2026-05-01T03:00:00+00:00",
      updated_at: "2026-05-01T04:00:00+00:00",
      load_date: "2026-05-02",
    },
  ]);
});

testOnBothWarehouses("merge_dim_client keeps a deleted client", async (warehouse) => {
  await liveDay(warehouse, "2026-05-01", {
    clients: [element(9, "2026-05-01 08:00", { client_name: "Ada", license: "L 1" })],
  });
  await liveDay(warehouse, "2026-05-02", {
    clients: [element(9, "2026-05-02 08:00", { is_deleted: true, deleted_by: "absence" })],
  });
  const deleted = await clients();
  await liveDay(warehouse, "2026-05-03", {
    clients: [element(9, "2026-05-03 08:00", { client_name: "Ada", license: "L 2" })],
  });

  assert.deepEqual(deleted, [[0, "Unknown", null, false], [9, "Ada", "L 1", true]]);
  assert.deepEqual(await clients(), [[0, "Unknown", null, false], [9, "Ada", "L 2", false]]);

  async function clients() {
    const rows = await warehouse.sql`
      select client_id::integer, client_name, license, is_deleted
      from dds.dim_client
      order by client_id
    `;
    return rows.map((row) => [row.client_id, row.client_name, row.license, row.is_deleted]);
  }
});

testOnBothWarehouses("merge_dim_status keys 142 and 143 by pipeline", async (warehouse) => {
  await liveDay(warehouse, "2026-05-01");

  const rows = await warehouse.sql`
    select pipeline_id::integer, status_id::integer, pipeline_name, status_name, stage
    from dds.dim_status
    where status_id in (142, 143)
    order by pipeline_id, status_id
  `;
  assert.deepEqual(rows.map((row) => Object.values(row)), [
    [RENTALS, 142, "Car Rental", "Closed", "closed"],
    [RENTALS, 143, "Car Rental", "Cancelled / No-show", "cancelled"],
    [OTHER, 142, "Corporate", "Signed", "closed"],
    [OTHER, 143, "Corporate", "Lost", "cancelled"],
  ]);
});

/** Statuses that are in no listing of the dictionary, as [pipeline, name, status, name, stage]. */
async function listUnknown({ sql }: Warehouse): Promise<unknown[]> {
  return [
    ...await sql`
      select pipeline_id::integer, pipeline_name, status_id::integer, status_name, stage
      from dds.dim_status
      where status_name like 'Unknown %'
      order by pipeline_id, status_id
    `.values(),
  ];
}

testOnBothWarehouses(
  "merge_dim_status adds the statuses of leads and events that the dictionary lacks",
  async (warehouse) => {
    const status = (pipeline_id: number, id: unknown) =>
      JSON.stringify([{ lead_status: { id, pipeline_id } }]);
    await warehouse.sql`
      insert into stg.stg_lead_events (id, lead_id, type, created_at, before, after, run_id, load_date)
      select
        'e' || number, 1, type, '2026-05-01Z', before::jsonb, after::jsonb, gen_random_uuid(), now()
      from jsonb_to_recordset(${
      JSON.stringify([
        {
          number: 1,
          type: "lead_status_changed",
          before: status(RENTALS, 71),
          after: status(30, 142),
        },
        // Sides that do not parse, and an event of another type, tell of no status.
        { number: 2, type: "lead_status_changed", before: status(RENTALS, "x"), after: "[]" },
        { number: 3, type: "lead_status_changed", before: "{}", after: '[{"lead_status":7}]' },
        { number: 4, type: "lead_added", before: "[]", after: status(RENTALS, 72) },
      ])
    }::text::jsonb) as events (number integer, type text, before text, after text)
    `;
    const first = await liveDay(warehouse, "2026-05-01", {
      leads: [
        lead(1, "2026-05-01 10:00", { status_id: 998 }),
        lead(1, "2026-05-01 11:00", { status_id: 999 }),
        lead(2, "2026-05-01 10:00", { pipeline_id: 40, status_id: 143 }),
        lead(3, "2026-05-01 10:00", { status_id: null }),
      ],
    });
    const unknown = await listUnknown(warehouse);
    const again = await liveDay(warehouse, "2026-05-02");

    assert.deepEqual(unknown, [
      [RENTALS, "Car Rental", 71, "Unknown 71", "other"],
      [RENTALS, "Car Rental", 998, "Unknown 998", "other"],
      [RENTALS, "Car Rental", 999, "Unknown 999", "other"],
      [30, "Unknown 30", 142, "Unknown 142", "closed"],
      [40, "Unknown 40", 143, "Unknown 143", "cancelled"],
    ]);
    const metrics = [first, again].map((day) => day.get("dds/merge_dim_status.sql"));
    assert.deepEqual(metrics.map((one) => [one?.statuses_unknown, one?.rows_written]), [
      [5, 14],
      [5, 0],
    ]);
    assert.deepEqual(await findOffenders(warehouse, "orphan_facts"), []);
    assert.equal((await findOffenders(warehouse, "unknown_status")).length, 5);
  },
);

testOnBothWarehouses(
  "merge_dim_status gives an unknown status its name once the dictionary knows it",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      leads: [lead(1, "2026-05-01 10:00", { status_id: 999 })],
    });
    await warehouse.sql`
      insert into dict.dict_status_leads
        (pipeline_id, status_id, pipeline_name, status_name, stage, status_sort, is_archive, load_date)
      values (${RENTALS}, 999, 'Car Rental', 'On Rent today', 'on_rent', 55, false, now())
    `;
    await liveDay(warehouse, "2026-05-02");

    assert.deepEqual(await listUnknown(warehouse), []);
    const [fact] = await warehouse.sql`select status_name, stage from dds.fact_rentals`;
    assert.deepEqual({ ...fact }, { status_name: "On Rent today", stage: "on_rent" });
    const [dim] = await warehouse.sql`
      select status_name, stage, status_sort from dds.dim_status where status_id = 999
    `;
    assert.deepEqual({ ...dim }, { ...fact, status_sort: 55 });
  },
);

testOnBothWarehouses("daily_build_dds_dim writes nothing when run twice", async (warehouse) => {
  const landed = {
    leads: [lead(1, "2026-05-01 09:00", { rental_start: dubai("2026-05-02 00:00") })],
    cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
    clients: [element(9, "2026-05-01 08:00", { license: "L 1" })],
  };
  await liveDay(warehouse, "2026-05-01", landed);

  const again = await liveDay(warehouse, "2026-05-01", landed);

  const written = [...again].filter(([path]) => path.startsWith("dds/merge_dim"))
    .map(([path, { rows_written }]) => [path, rows_written]);
  assert.deepEqual(written, [
    ["dds/merge_dim_car.sql", 0],
    ["dds/merge_dim_client.sql", 0],
    ["dds/merge_dim_status.sql", 0],
    ["dds/merge_dim_date.sql", 0],
  ]);
});
