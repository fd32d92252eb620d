// Reads:  dds.fact_rentals, dds.fact_lead_status_change, ods.ods_leads_hist, dict.dict_status_leads
// Writes: dm
// When:   06:00 local, once the facts of the same date have succeeded
// Try:    deno run -q -P=pipeline pipeline/daily_build_dm.ts --dry-run

import type { Dag } from "../lib/dag/dag.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";
import { sqlTask } from "../lib/dag/sql_task.ts";

export const dag: Dag = {
  id: "daily_build_dm",
  description: "Brings the marts up to the facts",
  tags: ["dm", "marts"],
  schedule: "06:00",
  waitsFor: [{ dag: "daily_build_dds_fact" }],
  tasks: [
    // What each lead counts for, and with it the marts that are sums over leads.
    sqlTask(
      "build_lead_state",
      "dm/build_lead_state/reading.sql",
      "dm/build_lead_state/visits.sql",
      "dm/build_lead_state/states.sql",
      "dm/build_lead_state/visit_counts.sql",
      "dm/build_lead_state/state_counts.sql",
      "dm/build_lead_state.sql",
    ),
    sqlTask("build_lead_funnel_week", "dm/build_lead_funnel_week.sql"),
    sqlTask("build_stage_transition", "dm/build_stage_transition.sql"),
    sqlTask(
      "build_rental_changes",
      "dm/build_rental_changes/desired.sql",
      "dm/build_rental_changes.sql",
    ),
    sqlTask("build_data_trust", "dm/build_data_trust.sql"),
  ],
};

if (import.meta.main) await runDagCommand(dag);
