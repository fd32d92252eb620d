// What the checks of a task read, counted in scans: one that looks through a table once for each changed record costs
// little in a small test and many seconds in a large warehouse.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { passChecks } from "../../../lib/checks/gate.ts";
import { readConfig } from "../../../lib/config.ts";
import type { Task } from "../../../lib/dag/dag.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { dags } from "../../../pipeline/daily.ts";
import { taskContext } from "../../../bench/support/task_context.ts";
import { landBulk, landBulkLeads } from "../../support/bulk_leads.ts";
import { testOnServer } from "../../support/warehouses.ts";

const LEADS = 900;
const CARS = 3;
const CHANGED = 300;

/** Each check may look at a table a few times; one scan for each changed lead is far more. */
const MOST_SCANS = 30;

const COUNTED = [
  "merge_ods_leads",
  "merge_fact_lead_status_change",
  "merge_fact_rentals",
  "merge_fact_fleet_usage_day",
];

interface Scans {
  readonly task: string;
  readonly table: string;
  readonly scans: number;
}

/** Runs what fills the warehouse, and says how often the checks of each task scanned a whole table. */
async function liveDay(warehouse: Warehouse, date: string): Promise<readonly Scans[]> {
  const context = {
    ...taskContext(readConfig({}, { amo: false })),
    logicalDate: Temporal.PlainDate.from(date),
  };
  const found: Scans[] = [];
  for (const task of dags.flatMap(({ tasks }) => tasks).filter(isMerge)) {
    await warehouse.sql.begin(async (tx: TransactionSql) => {
      const result = await task.write?.(tx, context, undefined) ?? { metrics: {} };
      const before = await countScans(tx);
      await passChecks(tx, task.id, context, result);
      for (const [table, scans] of await countScans(tx)) {
        found.push({ task: task.id, table, scans: scans - (before.get(table) ?? 0) });
      }
    });
  }
  return found;
}

/** From the history to the facts. */
function isMerge({ id, prepare, sqlFiles }: Task): boolean {
  return !prepare && sqlFiles !== undefined && id.startsWith("merge_");
}

async function countScans(tx: TransactionSql): Promise<Map<string, number>> {
  const rows = await tx`
    select relname as name, seq_scan::integer as scans
    from pg_stat_xact_all_tables
    where schemaname in ('stg', 'ods', 'dict', 'dds', 'ops') or schemaname like 'pg\\_temp%'
  `;
  return new Map(rows.map(({ name, scans }) => [String(name), Number(scans)]));
}

testOnServer("checks scan no table once for each lead that changed", async (warehouse) => {
  await landBulk(warehouse, { leads: LEADS, cars: CARS, oneEventIn: 6 });
  const first = await liveDay(warehouse, "2026-05-01");
  await landBulkLeads(warehouse, { day: 2, from: 1, to: CHANGED, cars: CARS });
  const second = await liveDay(warehouse, "2026-05-02");

  const counted = [...first, ...second].filter(({ task }) => COUNTED.includes(task));
  assert.deepEqual(counted.filter(({ scans }) => scans > MOST_SCANS), []);
  // What every check joins is read at all.
  for (const task of COUNTED) {
    assert.ok(
      counted.some((one) => one.task === task && one.table.startsWith("changed_") && one.scans > 0),
      task,
    );
  }
});

testOnServer(
  "checks look the versions of changed leads up by their key when nobody has counted the history",
  async (warehouse) => {
    await warehouse.sql`alter table ods.ods_leads_hist set (autovacuum_enabled = off)`;
    await landBulk(warehouse, { leads: 5 * LEADS, cars: CARS, oneEventIn: 6 });
    await liveDay(warehouse, "2026-05-01");
    await landBulkLeads(warehouse, { day: 2, from: 1, to: CHANGED, cars: CARS });
    const day = await liveDay(warehouse, "2026-05-02");

    const scans = day.filter(({ task, table }) =>
      task === "merge_ods_leads" && ["changed_leads", "ods_leads_hist"].includes(table)
    );
    assert.ok(scans.some(({ table, scans }) => table === "changed_leads" && scans > 0));
    assert.deepEqual(
      scans.filter(({ table, scans }) => table !== "changed_leads" && scans > 0),
      [],
    );
  },
);
