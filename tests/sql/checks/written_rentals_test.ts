// However a rental came to be stored, or gone, the checks of its task see what is stored of it.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { taskContext } from "../../../bench/support/task_context.ts";
import { passChecks } from "../../../lib/checks/gate.ts";
import { readConfig } from "../../../lib/config.ts";
import { taskParameters } from "../../../lib/dag/sql_task.ts";
import { runSqlFiles } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { CONFIRMED, lead, liveDay, OTHER, RETURNED } from "../../support/rentals.ts";
import { filesOf, land, MERGES, runFiles, type StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const RENTALS_MERGE = "dds/merge_fact_rentals.sql";
const UP_TO_STATUSES = MERGES.slice(0, MERGES.indexOf(RENTALS_MERGE));
const SAID = { status_id: CONFIRMED, budget: 90 };

/** One becomes other, one is touched, one is deleted, one leaves the pipeline, one is new, and one stays unseen. */
const LEADS: readonly StagedRow[] = [
  lead(1, "2026-05-02 10:00", { ...SAID, status_id: RETURNED }),
  lead(2, "2026-05-02 10:00", SAID),
  lead(3, "2026-05-02 10:00", { is_deleted: true, deleted_by: "event" }),
  lead(4, "2026-05-02 10:00", { ...SAID, status_id: 7, pipeline_id: OTHER }),
  lead(5, "2026-05-02 10:00", SAID),
];

async function landDay(warehouse: Warehouse, leads: readonly StagedRow[]): Promise<void> {
  await liveDay(warehouse, "2026-05-01", {
    leads: [1, 2, 3, 4, 6].map((id) => lead(id, "2026-05-01 10:00", SAID)),
  });
  await land(warehouse, "stg_leads", leads);
  await runFiles(warehouse, "2026-05-02", UP_TO_STATUSES);
}

/** What the checks are shown, once they have passed. */
async function mergeAndCheck(tx: TransactionSql): Promise<readonly unknown[]> {
  const context = {
    ...taskContext(readConfig({}, { amo: false })),
    logicalDate: Temporal.PlainDate.from("2026-05-02"),
  };
  const metrics = await runSqlFiles(tx, filesOf(RENTALS_MERGE), taskParameters(context));
  await passChecks(tx, "merge_fact_rentals", context, { metrics });
  const shown = await tx`
    select lead_id::integer, fate, budget::integer from changed_rentals order by lead_id
  `.values();
  return [...shown];
}

testOnBothWarehouses(
  "checks of rentals look at those that are new, other than before and as before, not at those that are gone",
  async (warehouse) => {
    await landDay(warehouse, LEADS);

    const shown = await warehouse.sql.begin(mergeAndCheck);

    assert.deepEqual(shown, [[1, "updated", 90], [2, "kept", 90], [5, "inserted", 90]]);
  },
);

testOnBothWarehouses(
  "checks of rentals look at no more where every changed lead is a rental that became other",
  async (warehouse) => {
    await landDay(warehouse, LEADS.slice(0, 1));

    const shown = await warehouse.sql.begin(mergeAndCheck);

    assert.deepEqual(shown, [[1, "updated", 90]]);
  },
);

testOnBothWarehouses(
  "checks of rentals find what a hand in the table makes of those that are new or other than before",
  async (warehouse) => {
    await landDay(warehouse, LEADS);
    await warehouse.sql`
      create function dds.write_other_budget() returns trigger language plpgsql as
      'begin new.budget := 7; return new; end'
    `;
    await warehouse.sql`
      create trigger other_budget before insert or update on dds.fact_rentals
      for each row execute function dds.write_other_budget()
    `;

    await assert.rejects(
      async () => await warehouse.sql.begin(mergeAndCheck),
      /^CheckError: .*rentals_not_current found 2 in dds.fact_rentals/,
    );
  },
);
