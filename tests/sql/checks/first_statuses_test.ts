// The checks of a run ask for those first statuses alone that its merge wrote or looked at: these are what they must find.
import assert from "node:assert/strict";
import { taskContext } from "../../../bench/support/task_context.ts";
import { CheckError, passChecks } from "../../../lib/checks/gate.ts";
import { readConfig } from "../../../lib/config.ts";
import { taskParameters } from "../../../lib/dag/sql_task.ts";
import { runSqlFiles } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { CONFIRMED, INQUIRY, lead, liveDay, ON_RENT } from "../../support/rentals.ts";
import { filesOf, land, runFiles } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const MERGE = "dds/merge_fact_lead_status_change.sql";

/** Merges the leads that have landed where the dimension has lost a status, and names what the run's checks find. */
async function findWithout(warehouse: Warehouse, statusId: number): Promise<readonly string[]> {
  const { sql } = warehouse;
  await runFiles(warehouse, "2026-05-03", ["ods/merge_ods_leads.sql", "dds/merge_dim_status.sql"]);
  await sql`delete from dds.dim_status where status_id = ${statusId}`;
  const context = {
    ...taskContext(readConfig({}, { amo: false })),
    logicalDate: Temporal.PlainDate.from("2026-05-03"),
  };
  try {
    await sql.begin(async (tx) => {
      const metrics = await runSqlFiles(tx, filesOf(MERGE), taskParameters(context));
      await passChecks(tx, "merge_fact_lead_status_change", context, { metrics });
    });
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    return error.results.filter(({ offenders }) => offenders > 0)
      .flatMap(({ check, sample }) => sample.map(({ id }) => `${check} ${id}`));
  }
  return [];
}

testOnBothWarehouses(
  "orphan_statuses finds first statuses without theirs in the run that writes them",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        lead(1, "2026-05-01 10:00", { status_id: INQUIRY }),
        lead(2, "2026-05-01 10:00", { status_id: INQUIRY }),
      ],
    });
    await land(warehouse, "stg_leads", [
      // One that lands late, before what was the first of its lead.
      lead(1, "2026-04-30 10:00", { status_id: CONFIRMED, budget: 1 }),
      lead(2, "2026-05-02 10:00", { status_id: ON_RENT }),
      lead(3, "2026-05-02 10:00", { status_id: CONFIRMED }),
    ]);

    assert.deepEqual(await findWithout(warehouse, CONFIRMED), [
      "orphan_statuses 1",
      "orphan_statuses 3",
    ]);
  },
);

testOnBothWarehouses(
  "orphan_statuses finds first statuses without theirs in a first build, of leads with one copy too",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02");
    await land(warehouse, "stg_leads", [
      lead(1, "2026-05-01 10:00", { status_id: CONFIRMED }),
      lead(2, "2026-05-01 10:00", { status_id: CONFIRMED }),
      lead(2, "2026-05-02 10:00", { status_id: CONFIRMED, budget: 1 }),
      lead(3, "2026-05-01 10:00", { status_id: INQUIRY }),
    ]);

    assert.deepEqual(await findWithout(warehouse, CONFIRMED), [
      "orphan_statuses 1",
      "orphan_statuses 2",
    ]);
  },
);
