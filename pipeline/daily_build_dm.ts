// Reads:  dds.fact_rentals, dds.fact_fleet_usage_day, dds.fact_lead_status_change, dds.dim_car, ods.ods_leads_hist,
//         dict.dict_status_leads
// Writes: dm.build, dm.unattributed_booking, dm.fleet_utilisation_month, dm.revenue_day and with it dm.model_day,
//         dm.revenue_month, dm.booking_pace, dm.lead_state and what is counted with it (dm.client_value,
//         dm.cancellations, …), dm.lead_funnel_week, dm.stage_transition, dm.rental_changes
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
    // First: what day the others stand for.
    sqlTask("remember_build", "dm/remember_build.sql"),
    sqlTask(
      "build_unattributed_booking",
      "dm/build_unattributed_booking/reading.sql",
      "dm/build_unattributed_booking.sql",
    ),
    // A month of the fleet is the sum of its cars: written twice, first for those, then for models and the fleet.
    sqlTask(
      "build_fleet_utilisation_month",
      "dm/car_days_reading.sql",
      "dm/touched_car_months.sql",
      "dm/build_fleet_utilisation_month/car_months.sql",
      "dm/build_fleet_utilisation_month.sql",
      "dm/build_fleet_utilisation_month/totals.sql",
      "dm/build_fleet_utilisation_month.sql",
    ),
    sqlTask(
      "build_revenue_day",
      "dm/car_days_reading.sql",
      "dm/build_revenue_day/day_sums.sql",
      "dm/build_revenue_day/model_days.sql",
      "dm/build_revenue_day.sql",
    ),
    sqlTask(
      "build_revenue_month",
      "dm/car_days_reading.sql",
      "dm/touched_car_months.sql",
      "dm/build_revenue_month/car_months.sql",
      "dm/build_revenue_month.sql",
      "dm/build_revenue_month/totals.sql",
      "dm/build_revenue_month.sql",
    ),
    sqlTask(
      "build_booking_pace",
      "dm/build_booking_pace/reading.sql",
      "dm/build_booking_pace/versions.sql",
      "dm/build_booking_pace/steps.sql",
      "dm/build_booking_pace/states.sql",
      "dm/build_booking_pace/desired.sql",
      "dm/build_booking_pace.sql",
    ),
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
      "dm/build_rental_changes/reading.sql",
      "dm/build_rental_changes/desired.sql",
      "dm/build_rental_changes.sql",
    ),
    sqlTask("build_data_trust", "dm/build_data_trust/sights.sql", "dm/build_data_trust.sql"),
    // Last, when every mart has taken in what changed.
    sqlTask("forget_changes", "dm/forget_changes.sql"),
  ],
};

if (import.meta.main) await runDagCommand(dag);
