import assert from "node:assert/strict";
import { targetOf } from "../../../lib/dag/sql_task.ts";
import { dag } from "../../../pipeline/daily_build_dm.ts";

Deno.test("targetOf() names the table that a task fills", () => {
  assert.deepEqual(dag.tasks.slice(1, 4).map(({ id }) => targetOf(id)), [
    "unattributed_booking",
    "fleet_utilisation_month",
    "revenue_day",
  ]);
});
