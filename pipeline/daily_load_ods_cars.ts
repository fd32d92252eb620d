// Reads:  stg.stg_cars (what load_cars landed)
// Writes: ods.ods_cars_hist
// When:   04:10 local, once load_cars of the same date has succeeded
// Try:    deno run -q -P=pipeline pipeline/daily_load_ods_cars.ts --dry-run

import type { Dag } from "../lib/dag/dag.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";
import { sqlTask } from "../lib/dag/sql_task.ts";

export const dag: Dag = {
  id: "daily_load_ods_cars",
  description: "Merges the cars that landed into their history",
  tags: ["ods", "cars"],
  schedule: "04:10",
  waitsFor: [{ dag: "daily_amocrm_load_cars", task: "load_cars" }],
  tasks: [
    sqlTask(
      "merge_ods_cars",
      "ods/merge_ods_cars/changes.sql",
      "ods/next_versions.sql",
      "ods/merge_ods_cars/copies.sql",
      "ods/true_versions.sql",
      "ods/compared_versions.sql",
      "ods/versions.sql",
      "ods/merge_ods_cars.sql",
    ),
  ],
};

if (import.meta.main) await runDagCommand(dag);
