// Checks read the rows of few changed leads one by one, and of very many all there are: these find the same.
import assert from "node:assert/strict";
import { taskContext } from "../../../bench/support/task_context.ts";
import { passChecks } from "../../../lib/checks/gate.ts";
import { readConfig } from "../../../lib/config.ts";
import { landBulk, landBulkLeads } from "../../support/bulk_leads.ts";
import { findOffenders } from "../../support/checks.ts";
import { watchPlans } from "../../support/plans.ts";
import { runFiles, SQL_TASKS } from "../../support/staged.ts";
import { testOnServer } from "../../support/warehouses.ts";

/** One more than the most that are looked up one by one. */
const LEADS = 20_001;

testOnServer(
  "checks of very many changed leads compare the newest row of each with its open version",
  async (warehouse) => {
    const { sql } = warehouse;
    await landBulk(warehouse, { leads: LEADS, cars: 20, oneEventIn: LEADS });
    // An older copy that says something else is no fault.
    await landBulkLeads(warehouse, { day: 2, from: 1, to: 100, cars: 20 });
    await sql`
      insert into stg.stg_leads (id, updated_at, is_deleted, deleted_by, payload, row_hash, observed_at, run_id, load_date)
      values (10, '2026-04-25Z', true, 'event', '{}', 'gone', '2026-04-25Z', gen_random_uuid(), '2026-05-01')
    `;
    await runFiles(warehouse, "2026-05-01", ["ods/merge_ods_leads.sql"]);
    // Nor is one that has landed since the merge.
    await landBulkLeads(warehouse, { day: 3, from: 11, to: 11, cars: 20 });
    await sql`update ods.ods_leads_hist set budget = budget + 1 where id = ${LEADS}`;
    // What the copy before the newest says.
    await sql`update ods.ods_leads_hist set budget = budget - 1 where id = 8 and is_current`;
    await sql`delete from ods.ods_leads_hist where id = 9 and is_current`;
    await sql`update ods.ods_leads_hist set valid_to = null, is_current = true, closed_by = null where id = 10 and closed_by is not null`;

    const observations = await findOffenders(warehouse, "history_newest_observation");
    const states = await findOffenders(warehouse, "history_current_state");

    assert.deepEqual(observations.map(([, id]) => id), ["8", String(LEADS)]);
    assert.deepEqual(states.map(([, id, detail]) => [id, detail]), [
      ["9", "live, but no version is open"],
      ["10", "deleted, but its version is open"],
    ]);
  },
);

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

testOnServer(
  "checks of very many changed leads look up none of them by itself",
  async (warehouse) => {
    await landBulk(warehouse, { leads: LEADS, cars: 20, oneEventIn: LEADS });
    await using plans = await watchPlans(warehouse, {});
    if (plans === null) return;
    const merge = SQL_TASKS.find(({ id }) => id === "merge_ods_leads");
    const context = {
      ...taskContext(readConfig({}, { amo: false })),
      logicalDate: Temporal.PlainDate.from("2026-05-01"),
    };

    const statements = await plans.watch(async (tx) => {
      const result = await merge?.write?.(tx, context, undefined) ?? { metrics: {} };
      await passChecks(tx, "merge_ods_leads", context, result);
    });

    // Of one file all statements have its text.
    for (const table of ["history_versions", "newest_sights"]) {
      const filling = statements.filter(({ text }) => text.includes(`insert into ${table} (`));
      const blocks = Math.max(...filling.map((statement) => statement.blocks));
      assert.ok(blocks > 0 && blocks < LEADS, `${table}: ${blocks} looks at blocks`);
    }
  },
);
