// Reads:  stg.stg_leads and stg.stg_lead_events (what load_leads and load_events landed)
// Writes: ods.ods_leads_hist
// When:   04:00 local, once load_leads and load_events of the same date have succeeded
// Try:    deno run -q -P=pipeline pipeline/daily_load_ods_leads.ts --dry-run

import type { Dag } from "../lib/dag/dag.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";
import { sqlTask } from "../lib/dag/sql_task.ts";

export const dag: Dag = {
  id: "daily_load_ods_leads",
  description: "Merges the leads that landed into their history",
  tags: ["ods", "leads"],
  schedule: "04:00",
  waitsFor: [
    { dag: "daily_amocrm_load_leads", task: "load_leads" },
    { dag: "daily_amocrm_load_events", task: "load_events" },
  ],
  tasks: [
    sqlTask(
      "merge_ods_leads",
      "ods/merge_ods_leads/changes.sql",
      "ods/next_versions.sql",
      "ods/merge_ods_leads/copies.sql",
      "ods/true_versions.sql",
      "ods/compared_versions.sql",
      "ods/versions.sql",
      "ods/merge_ods_leads/first_build.sql",
      "ods/merge_ods_leads.sql",
    ),
  ],
};

if (import.meta.main) await runDagCommand(dag);
