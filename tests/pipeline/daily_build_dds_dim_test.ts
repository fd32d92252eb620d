import assert from "node:assert/strict";
import { dag } from "../../pipeline/daily_build_dds_dim.ts";
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
  const sunny = { model: "Sunny", color: "red", vin: "V", year: 2024, dailyrate: "99.50" };
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
  const empty = { model: null, color: null, vin: null, year: null, dailyrate: null };
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

testOnBothWarehouses(
  "merge_dim_date runs from the first rental to a year after the logical date",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      // 23:30 on the last of April in UTC is already May in Dubai.
      leads: [lead(1, "2026-05-01 09:00", { rental_start: "2026-04-29T23:30:00Z" })],
    });

    const [row] = await warehouse.sql`
      select
        min(date_day)::text as first_day,
        max(date_day)::text as last_day,
        count(*)::integer as days,
        (
          select to_jsonb(d)
          from dds.dim_date as d
          where date_day = '2027-01-02'
        ) as saturday
      from dds.dim_date
    `;
    assert.deepEqual({ ...row }, {
      first_day: "2026-04-30",
      last_day: "2027-05-01",
      days: 367,
      saturday: {
        date_day: "2027-01-02",
        year: 2027,
        quarter: 1,
        month: 1,
        iso_year: 2026,
        iso_week: 53,
        weekday: 6,
        is_weekend: true,
      },
    });
  },
);

testOnBothWarehouses("merge_dim_date follows WEEKEND_DAYS when it changes", async (warehouse) => {
  await liveDay(warehouse, "2026-05-01", {}, { weekend_days: "6,7" });
  await liveDay(warehouse, "2026-05-01", {}, { weekend_days: "5,6" });

  const rows = await warehouse.sql`
    select weekday, bool_and(is_weekend) as always, bool_or(is_weekend) as ever
    from dds.dim_date
    group by weekday
    order by weekday
  `;
  assert.deepEqual(
    rows.filter((row) => row.ever).map((row) => [row.weekday, row.always]),
    [[5, true], [6, true]],
  );
});

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
