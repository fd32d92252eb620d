import assert from "node:assert/strict";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { CONFIRMED, dubai, element, lead, liveDay } from "../../support/rentals.ts";
import { dump, type StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

/** The first day of the calendar, the last one, and how many there are. */
async function readSpan({ sql }: Warehouse): Promise<unknown[]> {
  const [row] = await sql`
    select min(date_day)::text, max(date_day)::text, count(*)::integer from dds.dim_date
  `.values();
  return [...row ?? []];
}

testOnBothWarehouses(
  "merge_dim_date runs from the first day of a fact to a year after the logical date",
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

testOnBothWarehouses(
  "merge_dim_date covers every day that a fact refers to, within the horizon",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      leads: [
        lead(1, "2026-05-01 09:00", {
          rental_start: dubai("2026-12-30 10:00"),
          rental_end: dubai("2027-01-02 10:00"),
        }),
        lead(2, "2026-05-01 09:00", { created_at: dubai("2025-11-30 10:00") }),
        // Years that were mistyped: the days are passed over.
        lead(3, "2026-05-01 09:00", {
          rental_start: dubai("0206-05-01 10:00"),
          rental_end: dubai("2206-05-01 10:00"),
        }),
      ],
    });

    assert.deepEqual(await readSpan(warehouse), ["2025-11-30", "2028-01-02", 764]);
  },
);

testOnBothWarehouses(
  "a run of an older date shortens nothing that a newer one has built",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-20", {
      cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
      clients: [element(9, "2026-05-01 08:00", { license: "L 1" })],
      leads: [
        lead(1, "2026-05-01 09:00", {
          status_id: CONFIRMED,
          plate: "A 1",
          license: "L 1",
          rental_start: dubai("2026-05-03 00:00"),
          rental_end: dubai("2026-05-05 00:00"),
        }),
      ],
    });
    const dumpAll = async () => ({
      dates: await dump(warehouse, "dds.dim_date", "date_day"),
      usage: await dump(warehouse, "dds.fact_fleet_usage_day", "car_id, usage_date"),
      cars: await dump(warehouse, "dds.dim_car", "car_id"),
      clients: await dump(warehouse, "dds.dim_client", "client_id"),
      statuses: await dump(warehouse, "dds.dim_status", "pipeline_id, status_id"),
      rentals: await dump(warehouse, "dds.fact_rentals", "lead_id"),
    });
    const built = await dumpAll();

    const metrics = await liveDay(warehouse, "2026-05-02");
    const long = await liveDay(warehouse, "2024-01-01");

    assert.equal(built.usage.length, 20);
    const after = await dumpAll();
    assert.deepEqual({ ...after, dates: after.dates.slice(-built.dates.length) }, built);
    // The calendar alone gains the older days, and only at its beginning.
    assert.deepEqual(await readSpan(warehouse), ["2024-01-01", "2027-05-20", 1236]);
    for (const [path, { rows_written: written }] of [...metrics, ...long]) {
      if (path !== "dds/merge_dim_date.sql") assert.equal(written, 0, path);
    }
  },
);

testOnBothWarehouses(
  "merge_dim_date takes in what lay beyond the horizon once it reaches there, and else what changed",
  async (warehouse) => {
    const spans: unknown[] = [];
    const live = async (date: string, leads: readonly StagedRow[]) => {
      await liveDay(warehouse, date, { leads }, { max_horizon_days: "30" });
      spans.push(await readSpan(warehouse));
    };

    await live("2026-05-01", [
      lead(1, "2026-05-01 09:00", {
        rental_start: dubai("2026-05-03 10:00"),
        rental_end: dubai("2026-06-02 10:00"),
      }),
    ]);
    await live("2026-05-02", []);
    await live("2026-05-03", []);
    await live("2026-05-04", [
      lead(2, "2026-05-04 09:00", {
        rental_start: dubai("2026-04-20 10:00"),
        rental_end: dubai("2026-06-03 10:00"),
      }),
    ]);

    assert.deepEqual(spans, [
      ["2026-05-01", "2027-05-03", 368],
      ["2026-05-01", "2027-05-03", 368],
      ["2026-05-01", "2027-06-02", 398],
      ["2026-04-20", "2027-06-03", 410],
    ]);
  },
);
