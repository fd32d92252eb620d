// Checks read the rows of few changed leads one by one, and of very many all there are: these find the same.
import assert from "node:assert/strict";
import { landBulk } from "../../support/bulk_leads.ts";
import { findOffenders } from "../../support/checks.ts";
import { runFiles } from "../../support/staged.ts";
import { testOnServer } from "../../support/warehouses.ts";

/** One more than the most that are looked up one by one. */
const LEADS = 20_001;

testOnServer(
  "checks of very many changed leads find the leads that are wrong",
  async (warehouse) => {
    await landBulk(warehouse, { leads: LEADS, cars: 20, oneEventIn: LEADS });
    await runFiles(warehouse, "2026-05-01", [
      "ods/merge_ods_leads.sql",
      "dict/merge_dict_status_leads.sql",
      "dds/merge_dim_status.sql",
      "dds/merge_fact_lead_status_change.sql",
    ]);
    await warehouse.sql`update ods.ods_leads_hist set budget = budget + 1 where id = 7`;
    await warehouse.sql`update dds.lead_first_status set status_id = 99 where lead_id = ${LEADS}`;

    const observations = await findOffenders(warehouse, "history_newest_observation");
    const statuses = await findOffenders(warehouse, "orphan_statuses");

    assert.deepEqual(observations.map(([table, id]) => [table, id]), [["ods.ods_leads_hist", "7"]]);
    assert.deepEqual(statuses, [[
      "dds.fact_lead_status_change",
      String(LEADS),
      "status 99 of pipeline 10 is in no dimension",
    ]]);
  },
);
