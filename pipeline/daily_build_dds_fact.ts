// Reads:  stg.stg_leads, stg.stg_lead_events, ods.ods_leads_hist, ods.ods_cars_hist, ods.ods_clients_hist,
//         dict.dict_status_leads
// Writes: dds.fact_lead_status_change, dds.lead_first_status, dds.fact_rentals,
//         dds.unresolved_link, dds.fact_fleet_usage_day, dds.dim_date
// When:   05:30 local, once the dimensions and the leads' history of the same date have succeeded
// Try:    deno run -q -P=pipeline pipeline/daily_build_dds_fact.ts --dry-run

import type { Dag } from "../lib/dag/dag.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";
import { sqlTask } from "../lib/dag/sql_task.ts";

export const dag: Dag = {
  id: "daily_build_dds_fact",
  description: "Brings the facts and the calendar up to the history",
  tags: ["dds", "facts"],
  schedule: "05:30",
  waitsFor: [
    { dag: "daily_build_dds_dim" },
    { dag: "daily_load_ods_leads", task: "merge_ods_leads" },
  ],
  tasks: [
    sqlTask(
      "merge_fact_lead_status_change",
      "dds/merge_fact_lead_status_change/evidence.sql",
      "dds/merge_fact_lead_status_change/next_sights.sql",
      "dds/merge_fact_lead_status_change/sights.sql",
      "dds/merge_fact_lead_status_change/walk.sql",
      "dds/merge_fact_lead_status_change/visits.sql",
      "dds/merge_fact_lead_status_change/changes.sql",
      "dds/merge_fact_lead_status_change/first_statuses.sql",
      "dds/merge_fact_lead_status_change/fates.sql",
      "dds/merge_fact_lead_status_change.sql",
    ),
    sqlTask(
      "merge_fact_rentals",
      "dds/merge_fact_rentals/progress.sql",
      "dds/merge_fact_rentals/changed_leads.sql",
      "dds/merge_fact_rentals/leads_of_members.sql",
      "dds/merge_fact_rentals/leads_of_statuses.sql",
      "dds/merge_fact_rentals/all_leads.sql",
      "dds/merge_fact_rentals/rentals.sql",
      "dds/merge_fact_rentals/bearers.sql",
      "dds/merge_fact_rentals/links.sql",
      "dds/merge_fact_rentals/confirmations.sql",
      "dds/merge_fact_rentals/changes.sql",
      "dds/merge_fact_rentals/other_rentals.sql",
      "dds/merge_fact_rentals/pending_days.sql",
      "dds/merge_fact_rentals.sql",
      "dds/merge_fact_rentals/checked_rentals.sql",
    ),
    sqlTask(
      "merge_fact_fleet_usage_day",
      "dds/merge_fact_fleet_usage_day/calendar.sql",
      "dds/merge_fact_fleet_usage_day/changed_bookings.sql",
      "dds/merge_fact_fleet_usage_day/own_days.sql",
      "dds/merge_fact_fleet_usage_day/car_versions.sql",
      "dds/merge_fact_fleet_usage_day/new_days.sql",
      "dds/merge_fact_fleet_usage_day/changed_days.sql",
      "dds/merge_fact_fleet_usage_day/car_lives.sql",
      "dds/merge_fact_fleet_usage_day/changed_lives.sql",
      "dds/merge_fact_fleet_usage_day/stored_days.sql",
      "dds/merge_fact_fleet_usage_day/booked_days.sql",
      "dds/merge_fact_fleet_usage_day/first_days.sql",
      "dds/merge_fact_fleet_usage_day/days.sql",
      "dds/merge_fact_fleet_usage_day/other_days.sql",
      "dds/merge_fact_fleet_usage_day/beyond_horizon.sql",
      "dds/merge_fact_fleet_usage_day/noted_days.sql",
      "dds/merge_fact_fleet_usage_day.sql",
      "dds/merge_fact_fleet_usage_day/checked_days.sql",
    ),
    // Last, so that the calendar covers every day that a fact refers to.
    sqlTask("merge_dim_date", "dds/merge_dim_date/span.sql", "dds/merge_dim_date.sql"),
  ],
};

if (import.meta.main) await runDagCommand(dag);
