// What the migrations make of a warehouse that holds data already.
import assert from "node:assert/strict";
import { join } from "node:path";
import { migrate } from "../../lib/warehouse/migrations.ts";
import { SQL_DIR } from "../../lib/warehouse/sql_file.ts";
import { temporaryFolder } from "../support/folders.ts";
import { dubai, lead, liveDay } from "../support/rentals.ts";
import { land, type StagedRow } from "../support/staged.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { testOnEmpty } from "../support/warehouses.ts";

/** Applies the migrations up to a number, as a program of then did. */
async function migrateTo(warehouse: Warehouse, last: number): Promise<void> {
  await using folder = await temporaryFolder();
  for await (const { name } of Deno.readDir(join(SQL_DIR, "migrations"))) {
    if (Number(name.slice(0, 4)) > last) continue;
    await Deno.copyFile(join(SQL_DIR, "migrations", name), join(folder.path, name));
  }
  await migrate(warehouse, folder.path);
}

/** A copy of lead 1 that an older program has parsed: `budget` is the price alone. */
function oldCopy(updatedAt: string, budget: number, payload: object): StagedRow {
  return lead(1, updatedAt, { budget, payload, row_hash: `old ${updatedAt}` });
}

testOnEmpty(
  "an upgrade reads budgets again with their minor units, and no version is false",
  async (warehouse) => {
    const exact = (price: number, minor: unknown) => ({ price, price_with_minor_units: minor });
    await migrateTo(warehouse, 10);
    await land(warehouse, "stg_leads", [
      oldCopy("2026-05-01 10:00", 100, exact(100, null)),
      oldCopy("2026-05-01 11:00", 249, exact(249, 249.9)),
      oldCopy("2026-05-01 12:00", 249, exact(249, "249.90")),
      oldCopy("2026-05-01 13:00", 250, { price: 250 }),
    ]);
    // What the merges of then had made of them, up to the last landed copy.
    await warehouse.sql`update ops.watermark set position = 4 where name = 'ods.ods_leads_hist'`;
    await warehouse.sql`update ops.watermark set position = 4 where name like 'dds.%'`;

    await migrate(warehouse);
    // The same state again, as the next read shows it.
    await land(warehouse, "stg_leads", [
      lead(1, "2026-05-01 13:00", {
        budget: 250,
        row_hash: "new",
        observed_at: dubai("2026-05-02 04:00"),
      }),
    ]);
    await liveDay(warehouse, "2026-05-02");

    const versions = await warehouse.sql`
      select budget::float8, to_char(valid_from at time zone 'Asia/Dubai', 'HH24:MI') as opened
      from ods.ods_leads_hist
      order by valid_from
    `.values();
    assert.deepEqual([...versions], [[100, "10:00"], [249.9, "11:00"], [250, "13:00"]]);
    const facts = await warehouse.sql`select budget::text from dds.fact_rentals`.values();
    assert.deepEqual([...facts], [["250"]]);
  },
);

testOnEmpty("an upgrade looks every rental up anew by the new key", async (warehouse) => {
  await migrateTo(warehouse, 10);
  await migrate(warehouse);
  const [row] = await warehouse.sql`
    select position::integer, settings from ops.watermark where name = 'dds.fact_rentals'
  `;
  assert.deepEqual({ ...row }, { position: 0, settings: null });
});

testOnEmpty("an upgrade keeps the dates succeeded whose facts had", async (warehouse) => {
  const { sql } = warehouse;
  await migrateTo(warehouse, 10);
  const note = (day: number, dag: string, tasks: Readonly<Record<string, string>>) =>
    Promise.all(
      Object.entries(tasks).map(([task, status]) =>
        sql`
          insert into ops.run_log
            (run_id, dag_id, task_id, logical_date, attempt, status, finished_at, worker)
          values (
            gen_random_uuid(), ${dag}, ${task}, ${`2026-05-0${day}`}, 1, ${status}, now(), 'w'
          )
        `
      ),
    );
  const facts = (status: string) => ({
    merge_fact_rentals: "success",
    merge_fact_lead_status_change: status,
    merge_fact_fleet_usage_day: status,
  });
  const dims = (status: string) => ({ merge_dim_status: "success", merge_dim_date: status });
  for (const [day, dim, fact] of [[1, "success", "success"], [2, "success", "failed"]] as const) {
    await note(day, "daily_build_dds_dim", dims(dim));
    await note(day, "daily_build_dds_fact", facts(fact));
  }
  await note(3, "daily_build_dds_dim", dims("failed"));

  await migrate(warehouse);

  const states = await sql`
    select logical_date::text, dag_id, state from ops.dag_state order by 1, 2
  `.values();
  assert.deepEqual([...states], [
    ["2026-05-01", "daily_build_dds_dim", "success"],
    ["2026-05-01", "daily_build_dds_fact", "success"],
    ["2026-05-02", "daily_build_dds_dim", "success"],
    ["2026-05-02", "daily_build_dds_fact", "failed"],
    ["2026-05-03", "daily_build_dds_dim", "success"],
  ]);
  const dates = await sql`
    select dag_id, logical_date::text, status from ops.run_log where task_id = 'merge_dim_date'
  `.values();
  assert.deepEqual([...dates], [["daily_build_dds_fact", "2026-05-01", "success"]]);
});
