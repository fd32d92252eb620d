import assert from "node:assert/strict";
import { dag } from "../../pipeline/daily_load_ods_clients.ts";
import { land, runFiles } from "../support/staged.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

const MERGE = ["ods/merge_ods_clients.sql"];

Deno.test("daily_load_ods_clients waits for the load of the clients", () => {
  assert.deepEqual(dag.waitsFor, [{ dag: "daily_amocrm_load_clients", task: "load_clients" }]);
});

testOnBothWarehouses(
  "merge_ods_clients keeps every version of a client when run day by day",
  async (warehouse) => {
    const born = { id: 9, client_name: "Ада «О'Нил» 🚗", birth_date: "1961-02-28" };
    const created_at = "2026-04-01T08:00:00Z";
    const moved = { ...born, nationality: "Chile", phone: "+0", email: "a@example.test" };
    await land(warehouse, "stg_clients", [
      { ...born, license: "L 1", created_at, updated_at: "2026-05-01T08:00:00Z" },
    ]);
    await runFiles(warehouse, "2026-05-01", MERGE);
    await land(warehouse, "stg_clients", [
      { ...moved, license: "L 1", created_at, updated_at: "2026-05-02T08:00:00Z" },
      { ...moved, license: "L 2", created_at, updated_at: "2026-05-02T09:00:00Z", gender: "f" },
    ]);
    await runFiles(warehouse, "2026-05-02", MERGE);

    const [again] = await runFiles(warehouse, "2026-05-02", MERGE);

    const rows = await warehouse.sql`
      select to_jsonb(h) as row from ods.ods_clients_hist as h order by valid_from
    `;
    const first = {
      id: 9,
      client_name: "Ада «О'Нил» 🚗",
      gender: null,
      phone: null,
      email: null,
      nationality: null,
      license: "L 1",
      birth_date: "1961-02-28",
      created_at: "2026-04-01T08:00:00+00:00",
      updated_at: "2026-05-01T08:00:00+00:00",
      valid_from: "2026-05-01T08:00:00+00:00",
      valid_to: "2026-05-02T08:00:00+00:00",
      is_current: false,
      closed_by: null,
      // The day on which its end was written.
      load_date: "2026-05-02",
    };
    const second = {
      ...first,
      phone: "+0",
      email: "a@example.test",
      nationality: "Chile",
      updated_at: "2026-05-02T08:00:00+00:00",
      valid_from: "2026-05-02T08:00:00+00:00",
      valid_to: "2026-05-02T09:00:00+00:00",
    };
    assert.deepEqual(rows.map(({ row }) => row), [first, second, {
      ...second,
      gender: "f",
      license: "L 2",
      updated_at: "2026-05-02T09:00:00+00:00",
      valid_from: "2026-05-02T09:00:00+00:00",
      valid_to: null,
      is_current: true,
    }]);
    assert.equal(again?.rows_written, 0);
  },
);

testOnBothWarehouses("clients_as_of() gives nobody when deleted", async (warehouse) => {
  await land(warehouse, "stg_clients", [
    { id: 9, license: "L 1", updated_at: "2026-05-01T08:00:00Z" },
    { id: 9, is_deleted: true, deleted_by: "absence", updated_at: "2026-05-02T08:00:00Z" },
  ]);
  await runFiles(warehouse, "2026-05-02", MERGE);

  const [row] = await warehouse.sql`
    select
      (select count(*)::integer from ods.clients_as_of('2026-05-02T07:59:59Z')) as before,
      (select count(*)::integer from ods.clients_as_of('2026-05-02T08:00:00Z')) as then,
      (select closed_by from ods.ods_clients_hist) as closed_by
  `;
  assert.deepEqual({ ...row }, { before: 1, then: 0, closed_by: "absence" });
});
