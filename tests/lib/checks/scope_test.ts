import assert from "node:assert/strict";
import { join } from "node:path";
import { readChecks } from "../../../lib/checks/file.ts";
import { listDue } from "../../../lib/checks/run.ts";
import { listChanges } from "../../../lib/checks/scope.ts";
import { SQL_DIR } from "../../../lib/warehouse/sql_file.ts";

Deno.test("listChanges() names no table for tasks whose checks look at everything", async () => {
  const checks = await readChecks();
  const tasks = [...new Set(checks.flatMap(({ tables }) => tables.map(({ task }) => task)))].sort();
  const others: string[] = [];
  for (const task of tasks) {
    if ((await listChanges(listDue(checks, task))).length === 0) others.push(task);
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

Deno.test("listChanges() names the tables that the checks of a task read, and no others", async () => {
  const checks = await readChecks();
  const tablesOf = async (task: string) => await listChanges(listDue(checks, task));
  assert.deepEqual(await tablesOf("merge_dim_car"), ["changed_clients", "changed_cars"]);
  assert.deepEqual(await tablesOf("merge_dim_date"), ["dated_leads"]);
  // Changed days are read for its checks, which name those of them alone that they may object to.
  assert.ok((await tablesOf("merge_fact_fleet_usage_day")).includes("changed_days"));
  assert.ok(!(await tablesOf("merge_fact_rentals")).includes("changed_days"));
});

Deno.test("every table of changed records is named by a check, and known", async () => {
  const files = await Array.fromAsync(Deno.readDir(join(SQL_DIR, "ops", "scope_changes")));
  const tables = await listChanges(listDue(await readChecks()));
  assert.deepEqual(tables.sort(), files.map(({ name }) => name.replace(".sql", "")).sort());
});
