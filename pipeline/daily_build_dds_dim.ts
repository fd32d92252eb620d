// Reads:  ods.ods_cars_hist, ods.ods_clients_hist, stg.stg_leads, dict.dict_status_leads
// Writes: dds.dim_car, dds.dim_client, dds.dim_status
// When:   05:00 local, once the three ODS merges and the dictionary of the same date have succeeded
// Try:    deno run -q -P=pipeline pipeline/daily_build_dds_dim.ts --dry-run

import type { Dag } from "../lib/dag/dag.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";
import { sqlTask } from "../lib/dag/sql_task.ts";

export const dag: Dag = {
  id: "daily_build_dds_dim",
  description: "Brings the dimensions car, client and status up to the history",
  tags: ["dds", "dimensions"],
  schedule: "05:00",
  waitsFor: [
    { dag: "daily_load_ods_leads", task: "merge_ods_leads" },
    { dag: "daily_load_ods_clients", task: "merge_ods_clients" },
    { dag: "daily_load_ods_cars", task: "merge_ods_cars" },
    { dag: "daily_build_dict_status_leads", task: "merge_dict_status_leads" },
  ],
  tasks: [
    sqlTask("merge_dim_car", "dds/merge_dim_car.sql"),
    sqlTask("merge_dim_client", "dds/merge_dim_client.sql"),
    sqlTask(
      "merge_dim_status",
      "dds/merge_dim_status/unknown_statuses.sql",
      "dds/merge_dim_status.sql",
    ),
  ],
};

if (import.meta.main) await runDagCommand(dag);
