import assert from "node:assert/strict";
import { join } from "node:path";
import { querySqlFile, SQL_DIR } from "../lib/sql_file.ts";
import type { Warehouse } from "../lib/warehouse.ts";
import { CONFIRMED, dubai, element, lead, liveDay } from "./support/rentals.ts";
import { testOnBothWarehouses } from "./support/warehouses.ts";

const CHECKS = [...Deno.readDirSync(join(SQL_DIR, "checks"))].map(({ name }) => name).sort();

testOnBothWarehouses("every check passes when the merges have run", async (warehouse) => {
  await fill(warehouse);

  for (const check of CHECKS) assert.deepEqual(await offenders(warehouse, check), [], check);
  assert.ok(CHECKS.length >= 3);
});

testOnBothWarehouses("history_overlaps finds versions that overlap", async (warehouse) => {
  await fill(warehouse);
  await warehouse.sql`
    insert into ods.ods_cars_hist (id, valid_from, valid_to, is_current, updated_at, load_date)
    values (5, ${dubai("2026-05-01 12:00")}, ${dubai("2026-05-01 13:00")}, false, now(), now())
  `;

  const found = await offenders(warehouse, "history_overlaps.sql");

  assert.deepEqual(found.map(({ table_name, id }) => [table_name, Number(id)]), [
    ["ods.ods_cars_hist", 5],
  ]);
});

testOnBothWarehouses("history_open_versions finds a record with two", async (warehouse) => {
  await fill(warehouse);
  const rollback = new Error("Enough seen");
  const inserted = warehouse.sql.begin(async (tx) => {
    await tx`drop index ods.ods_clients_hist_one_current`;
    await tx`
      insert into ods.ods_clients_hist (id, valid_from, is_current, updated_at, load_date)
      values (9, now(), true, now(), now())
    `;
    const rows = await querySqlFile(tx, "checks/history_open_versions.sql", []);
    assert.deepEqual(rows.map((row) => [row.table_name, Number(row.id), Number(row.versions)]), [
      ["ods.ods_clients_hist", 9, 2],
    ]);
    throw rollback;
  });
  await assert.rejects(inserted, rollback);
});

testOnBothWarehouses("orphan_facts finds facts without their members", async (warehouse) => {
  await fill(warehouse);
  await warehouse.sql`delete from dds.dim_car where car_id = 5`;
  await warehouse.sql`delete from dds.dim_client where client_id = 9`;

  const found = await offenders(warehouse, "orphan_facts.sql");

  assert.deepEqual(found.map((row) => [row.table_name, Number(row.id), row.missing]).sort(), [
    ["dds.fact_fleet_usage_day", 5, "car 5"],
    ["dds.fact_rentals", 1, "car 5"],
    ["dds.fact_rentals", 1, "client 9"],
  ]);
});

async function fill(warehouse: Warehouse): Promise<void> {
  await liveDay(warehouse, "2026-05-02", {
    cars: [
      element(5, "2026-05-01 08:00", { plate: "A 1" }),
      element(5, "2026-05-02 08:00", { plate: "B 2" }),
    ],
    clients: [element(9, "2026-05-01 08:00", { license: "L 1" })],
    leads: [
      lead(1, "2026-05-01 10:00", {
        status_id: CONFIRMED,
        plate: "A 1",
        license: "L 1",
        rental_start: dubai("2026-05-01 00:00"),
        rental_end: dubai("2026-05-02 00:00"),
      }),
    ],
  });
}

async function offenders({ sql }: Warehouse, check: string) {
  return [...await querySqlFile(sql, `checks/${check}`, [])];
}
