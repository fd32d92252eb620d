// The same merges right after a bulk load, when nobody has counted anything for the planner yet: autovacuum comes
// minutes later, and a first build does not wait for it. Work is counted, in rows that are read, and not timed.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { readConfig } from "../../../lib/config.ts";
import { taskParameters } from "../../../lib/dag/sql_task.ts";
import { runSqlFiles } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { landBulk, landBulkLeads } from "../../support/bulk_leads.ts";
import { filesOf, MERGES } from "../../support/staged.ts";
import { testOnServer, withServerDatabase } from "../../support/warehouses.ts";

/** Enough that a plan which reads a table once for each changed lead stands out. */
const LEADS = 3_000;
const CARS = 3;

/** So many more reads of a whole table are no explosion: at this size they are as cheap as looking 30 leads up. */
const FULL_READS = 4;

/** Rows that each merge reads, of tables and of its own temporary ones. */
async function countReads(warehouse: Warehouse, date: string): Promise<Map<string, number>> {
  const parameters = taskParameters({
    config: readConfig({}, { amo: false }),
    logicalDate: Temporal.PlainDate.from(date),
    runId: crypto.randomUUID(),
  });
  const reads = new Map<string, number>();
  for (const merge of MERGES) {
    await warehouse.sql.begin(async (tx: TransactionSql) => {
      // A session reports once a second at most, so what an earlier transaction read may still be in the sums.
      const before = await sumReads(tx);
      await runSqlFiles(tx, filesOf(merge), parameters);
      reads.set(merge, await sumReads(tx) - before);
    });
  }
  return reads;
}

async function sumReads(tx: TransactionSql): Promise<number> {
  const [row] = await tx`
    select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint as rows_read
    from pg_stat_xact_all_tables
    where schemaname in ('stg', 'ods', 'dict', 'dds') or schemaname like 'pg\\_temp%'
  `;
  return Number(row?.rows_read);
}

/** What a first build and a day of 30 changed leads read; `count` is called after each load. */
async function liveTwoDays(
  warehouse: Warehouse,
  count: () => Promise<unknown>,
): Promise<readonly Map<string, number>[]> {
  await landBulk(warehouse, { leads: LEADS, cars: CARS, oneEventIn: 6 });
  await count();
  const first = await countReads(warehouse, "2026-05-01");
  await landBulkLeads(warehouse, { day: 2, from: LEADS - 29, to: LEADS, cars: CARS });
  await count();
  return [first, await countReads(warehouse, "2026-05-02")];
}

testOnServer(
  "merges read no table once for each lead when the planner has no statistics",
  async (warehouse) => {
    await warehouse.sql.unsafe(`
    do $$
    declare
      one record;
    begin
      for one in
        select oid::regclass as name from pg_class
        where relkind = 'r' and relnamespace::regnamespace::text in ('stg', 'ods', 'dict', 'dds')
      loop
        execute format('alter table %s set (autovacuum_enabled = off)', one.name);
      end loop;
    end
    $$
  `);
    const uncounted = await liveTwoDays(warehouse, () => Promise.resolve());
    await withServerDatabase(async (other) => {
      const counted = await liveTwoDays(other, () => other.sql`analyze`);

      const explosions = uncounted.flatMap((day, i) =>
        [...day].map(([merge, rows]) => ({
          day: i + 1,
          merge,
          rows,
          counted: counted[i]?.get(merge),
        }))
      ).filter(({ rows, counted = 0 }) => rows > 2 * counted + FULL_READS * LEADS);
      assert.deepEqual(explosions, []);
    });
  },
);
