import assert from "node:assert/strict";
import { liveDay } from "../support/rentals.ts";
import { MERGES, runFiles } from "../support/staged.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

/** The row of ops.watermark by which each merge tells how far it has come. */
const WATERMARKS: Readonly<Record<(typeof MERGES)[number], readonly string[]>> = {
  "ods/merge_ods_leads.sql": ["stg.stg_leads", "ods.ods_leads_hist"],
  "ods/merge_ods_clients.sql": ["stg.stg_clients", "ods.ods_clients_hist"],
  "ods/merge_ods_cars.sql": ["stg.stg_cars", "ods.ods_cars_hist"],
  "dict/merge_dict_status_leads.sql": ["dict.dict_status_leads"],
  "dds/merge_dim_car.sql": ["ods.ods_cars_hist", "dds.dim_car"],
  "dds/merge_dim_client.sql": ["ods.ods_clients_hist", "dds.dim_client"],
  "dds/merge_dim_status.sql": [
    ...["dict.dict_status_leads", "ods.ods_leads_hist", "dds.dim_status"],
    ...["dds.dim_status/events", "dds.dim_status/statuses"],
  ],
  "dds/merge_fact_lead_status_change.sql": [
    ...["ods.ods_leads_hist", "ods.ods_leads_hist/events"],
    ...["dds.fact_lead_status_change", "dds.fact_lead_status_change/events"],
  ],
  "dds/merge_fact_rentals.sql": [
    ...["dds.fact_lead_status_change", "dds.fact_lead_status_change/events"],
    ...["ods.ods_cars_hist", "ods.ods_clients_hist", "dict.dict_status_leads"],
    ...["dds.fact_rentals", "dds.fact_rentals/events", "dds.fact_rentals/cars"],
    ...["dds.fact_rentals/clients", "dds.fact_rentals/statuses"],
  ],
  "dds/merge_fact_fleet_usage_day.sql": [
    "ods.ods_cars_hist",
    "dds.fact_fleet_usage_day",
    "dds.fact_fleet_usage_day/cars",
    "dds.fact_fleet_usage_day/first_day",
    "dds.fact_fleet_usage_day/last_day",
  ],
  // Reads the facts themselves.
  "dds/merge_dim_date.sql": [],
};

testOnBothWarehouses(
  "a merge fails when a row of ops.watermark that it needs is missing",
  async (warehouse) => {
    const { sql } = warehouse;
    await liveDay(warehouse, "2026-05-01");
    for (const path of MERGES) {
      for (const name of WATERMARKS[path]) {
        await sql`delete from ops.watermark where name = ${name}`;
        await assert.rejects(runFiles(warehouse, "2026-05-01", [path]), (error: Error) => {
          // Its own file, or one of those in the folder of its name.
          const [place = "", ...message] = error.message.split(": ");
          assert.equal(error.name, "SqlFileError");
          assert.ok(place.startsWith(`sql/${path.replace(".sql", "")}`), place);
          assert.equal(
            message.join(": "),
            "Cannot tell how far the warehouse has come: ops.watermark has no row " +
              `${name}, expected one of each name: put it back with insert into ops.watermark (name) ` +
              "values ('...'), and the next run computes everything anew (SQLSTATE P0002)",
          );
          return true;
        });
        await sql`insert into ops.watermark (name) values (${name})`;
      }
    }
    await liveDay(warehouse, "2026-05-01");
  },
);
