import assert from "node:assert/strict";
import { readChecks } from "../../../lib/checks/file.ts";
import { listDue } from "../../../lib/checks/run.ts";
import { lookAtChanges } from "../../../lib/checks/scope.ts";

Deno.test("lookAtChanges() is false for tasks whose checks look at everything", async () => {
  const checks = await readChecks();
  const tasks = [...new Set(checks.flatMap(({ tables }) => tables.map(({ task }) => task)))].sort();
  const others: string[] = [];
  for (const task of tasks) {
    if (!await lookAtChanges(listDue(checks, task))) others.push(task);
  }
  assert.deepEqual(others, [
    "build_fleet_utilisation_month",
    "build_lead_funnel_week",
    "build_revenue_day",
    "build_revenue_month",
    "load_cars",
    "load_clients",
    "load_leads",
    "merge_dict_status_leads",
    "merge_dim_status",
  ]);
});
