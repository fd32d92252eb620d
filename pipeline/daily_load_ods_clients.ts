// Reads:  stg.stg_clients (what load_clients landed)
// Writes: ods.ods_clients_hist
// When:   04:05 local, once load_clients of the same date has succeeded
// Try:    deno run -q -P=pipeline pipeline/daily_load_ods_clients.ts --dry-run

import type { Dag } from "../lib/dag/dag.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";
import { sqlTask } from "../lib/dag/sql_task.ts";

export const dag: Dag = {
  id: "daily_load_ods_clients",
  description: "Merges the clients that landed into their history",
  tags: ["ods", "clients"],
  schedule: "04:05",
  waitsFor: [{ dag: "daily_amocrm_load_clients", task: "load_clients" }],
  tasks: [
    sqlTask(
      "merge_ods_clients",
      "ods/merge_ods_clients/changes.sql",
      "ods/next_versions.sql",
      "ods/merge_ods_clients/copies.sql",
      "ods/true_versions.sql",
      "ods/compared_versions.sql",
      "ods/versions.sql",
      "ods/merge_ods_clients.sql",
    ),
  ],
};

if (import.meta.main) await runDagCommand(dag);
