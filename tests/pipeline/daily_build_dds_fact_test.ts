import assert from "node:assert/strict";
import { dag } from "../../pipeline/daily_build_dds_fact.ts";
import { CONFIRMED, dubai, element, lead, liveDay, RETURNED } from "../support/rentals.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

Deno.test("daily_build_dds_fact waits for the dimensions and the history of leads", () => {
  assert.deepEqual(dag.waitsFor, [
    { dag: "daily_build_dds_dim" },
    { dag: "daily_load_ods_leads", task: "merge_ods_leads" },
  ]);
});

testOnBothWarehouses("daily_build_dds_fact writes nothing when run twice", async (warehouse) => {
  const landed = {
    cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
    clients: [element(9, "2026-05-01 08:00", { license: "L 1" })],
    leads: [CONFIRMED, RETURNED].map((status_id, i) =>
      lead(1, `2026-05-01 1${i}:00`, {
        status_id,
        plate: "A 1",
        license: "L 1",
        rental_start: dubai("2026-05-01 00:00"),
        rental_end: dubai("2026-05-03 00:00"),
      })
    ),
  };
  const first = await liveDay(warehouse, "2026-05-01", landed);

  const again = await liveDay(warehouse, "2026-05-01", landed);

  const written = [first, again].map((metrics) =>
    [...metrics].filter(([path]) => path.startsWith("dds/merge_fact"))
      .map(([, { rows_written }]) => rows_written)
  );
  assert.deepEqual(written, [[1, 1, 2], [0, 0, 0]]);
});

testOnBothWarehouses(
  "daily_build_dds_fact counts a status that the dictionary does not know",
  async (warehouse) => {
    const metrics = await liveDay(warehouse, "2026-05-01", {
      leads: [lead(1, "2026-05-01 10:00", { status_id: 999 })],
    });

    assert.equal(metrics.get("dds/merge_fact_rentals.sql")?.warning_statuses_unknown, 1);
    const [row] = await warehouse.sql`select status_name, stage from dds.fact_rentals`;
    assert.deepEqual({ ...row }, { status_name: "Unknown 999", stage: "other" });
  },
);
