// The same merges and marts right after a bulk load, when nobody has counted anything for the planner yet: autovacuum comes
// minutes later, and a first build does not wait for it. Or when they were counted while they were empty, as a vacuum does
// after a first build that was rolled back. Work is counted, in rows that are read, and not timed.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { taskContext } from "../../../bench/support/task_context.ts";
import { readConfig } from "../../../lib/config.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { landBulk, landBulkLeads } from "../../support/bulk_leads.ts";
import { errorCode } from "../../../lib/warehouse/connection.ts";
import { SQL_TASKS } from "../../support/staged.ts";
import { testOnServer, withServerDatabase } from "../../support/warehouses.ts";

/** Enough that a plan which reads a table once for each changed lead stands out. */
const LEADS = 3_000;
const CARS = 3;

/** So many more reads of a whole table are no explosion: at this size they are as cheap as looking 30 leads up. */
const FULL_READS = 4;

/** Rows that each task reads, of tables and of its own temporary ones. */
async function countReads(warehouse: Warehouse, date: string): Promise<Map<string, number>> {
  const context = {
    ...taskContext(readConfig({}, { amo: false })),
    logicalDate: Temporal.PlainDate.from(date),
  };
  const reads = new Map<string, number>();
  for (const { id, write } of SQL_TASKS) {
    await warehouse.sql.begin(async (tx: TransactionSql) => {
      // A session reports once a second at most, so what an earlier transaction read may still be in the sums.
      const before = await sumReads(tx);
      await write?.(tx, context, undefined);
      reads.set(id, await sumReads(tx) - before);
    });
  }
  return reads;
}

async function sumReads(tx: TransactionSql): Promise<number> {
  const [row] = await tx`
    select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint as rows_read
    from pg_stat_xact_all_tables
    where schemaname in ('stg', 'ods', 'dict', 'dds', 'dm') or schemaname like 'pg\\_temp%'
  `;
  return Number(row?.rows_read);
}

/** What a first build and a day of 30 changed leads read; `count` is called after the load of each day. */
async function liveTwoDays(
  warehouse: Warehouse,
  count: (day: number) => Promise<unknown>,
): Promise<readonly Map<string, number>[]> {
  await landBulk(warehouse, { leads: LEADS, cars: CARS, oneEventIn: 6 });
  await count(1);
  const first = await countReads(warehouse, "2026-05-01");
  await landBulkLeads(warehouse, { day: 2, from: LEADS - 29, to: LEADS, cars: CARS });
  await count(2);
  return [first, await countReads(warehouse, "2026-05-02")];
}

/**
 * What a vacuum says of pages without a row: of tables that fill up later the planner believes that they have none. Where
 * this login may not say so, a line tells it.
 */
async function countAsEmpty({ sql }: Warehouse): Promise<void> {
  try {
    await sql`
      update pg_class set relpages = 10, reltuples = 0
      where relkind = 'r' and relnamespace::regnamespace::text in ('ods', 'dict', 'dds', 'dm')
    `;
  } catch (error) {
    if (errorCode(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    console.log("This login is no superuser: the planner is not told that tables are empty");
  }
}

const INSUFFICIENT_PRIVILEGE = "42501";

/** The tasks of each day that read far more than those of a warehouse that has been counted. */
function findExplosions(
  days: readonly Map<string, number>[],
  counted: readonly Map<string, number>[],
) {
  return days.flatMap((day, i) =>
    [...day].map(([task, rows]) => ({
      day: i + 1,
      task,
      rows,
      counted: counted[i]?.get(task) ?? 0,
    }))
  ).filter(({ rows, counted }) => rows > 2 * counted + FULL_READS * LEADS);
}

testOnServer(
  "merges and marts read no table once for each lead, whatever the planner knows of them",
  async (warehouse) => {
    await warehouse.sql.unsafe(`
    do $$
    declare
      one record;
    begin
      for one in
        select oid::regclass as name from pg_class
        where relkind = 'r' and relnamespace::regnamespace::text in ('stg', 'ods', 'dict', 'dds', 'dm')
      loop
        execute format('alter table %s set (autovacuum_enabled = off)', one.name);
      end loop;
    end
    $$
  `);
    const uncounted = await liveTwoDays(warehouse, () => Promise.resolve());
    await withServerDatabase(async (other) => {
      const counted = await liveTwoDays(other, () => other.sql`analyze`);

      assert.deepEqual(findExplosions(uncounted, counted), []);
      await withServerDatabase(async (third) => {
        const emptied = await liveTwoDays(third, async (day) => {
          if (day === 1) await countAsEmpty(third);
        });
        assert.deepEqual(findExplosions(emptied, counted), []);
      });
    });
  },
);
