import assert from "node:assert/strict";
import { dag } from "../../pipeline/daily_build_dm.ts";
import { buildDay, buildMarts } from "../support/marts.ts";
import { CONFIRMED, dubai, element, lead } from "../support/rentals.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

Deno.test("daily_build_dm waits for the facts", () => {
  assert.deepEqual(dag.waitsFor, [{ dag: "daily_build_dds_fact" }]);
});

testOnBothWarehouses("daily_build_dm writes nothing when run twice", async (warehouse) => {
  const landed = {
    cars: [element(5, "2026-05-01 08:00", { plate: "A 1", model: "Sedan" })],
    leads: [lead(1, "2026-05-01 10:00", {
      status_id: CONFIRMED,
      plate: "A 1",
      budget: 200,
      rental_start: dubai("2026-05-01 00:00"),
      rental_end: dubai("2026-05-03 00:00"),
    })],
  };
  const first = await buildDay(warehouse, "2026-05-03", landed);

  const again = await buildMarts(warehouse, "2026-05-03");

  assert.equal(first.get("build_revenue_day")?.rows_written, 2);
  const written = [...again].filter(([, { rows_written }]) =>
    rows_written !== undefined && rows_written !== 0
  );
  assert.deepEqual(written, []);
});
