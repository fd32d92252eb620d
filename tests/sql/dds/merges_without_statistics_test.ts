// The same merges right after a bulk load, when nobody has counted anything for the planner yet: autovacuum comes
// minutes later, and a first build does not wait for it. Work is counted, in rows that are read, and not timed.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { readConfig } from "../../../lib/config.ts";
import { taskParameters } from "../../../lib/dag/sql_task.ts";
import { runSqlFiles } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { filesOf, listStatuses, MERGES } from "../../support/staged.ts";
import { testOnServer, withServerDatabase } from "../../support/warehouses.ts";

/** Enough that a plan which reads a table once for each changed lead stands out. */
const LEADS = 3_000;

/** So many more reads of a whole table are no explosion: at this size they are as cheap as looking 30 leads up. */
const FULL_READS = 4;

/** Leads of two days each on three cars, by 150 clients; every sixth by an event too. */
async function landBulk(warehouse: Warehouse): Promise<void> {
  await listStatuses(warehouse, { 10: ["Car Rental", { 1: "Inquiry", 4: "Confirmed" }] });
  await warehouse.sql.unsafe(`
    insert into stg.stg_cars (id, plate, created_at, updated_at, payload, row_hash, observed_at, run_id, load_date)
    select id, 'A ' || id, '2026-01-01Z', '2026-01-01Z', '{}', md5(id::text), '2026-04-28Z', gen_random_uuid(), '2026-05-01'
    from generate_series(1, 3) as ids (id);
    insert into stg.stg_clients (id, license, created_at, updated_at, payload, row_hash, observed_at, run_id, load_date)
    select id, 'L ' || id, '2026-01-01Z', '2026-01-01Z', '{}', md5(id::text), '2026-04-28Z', gen_random_uuid(), '2026-05-01'
    from generate_series(1, 150) as ids (id);
  `);
  await landLeads(warehouse, { day: 1, from: 1 });
  await warehouse.sql`
    insert into stg.stg_lead_events (id, lead_id, type, created_at, before, after, run_id, load_date)
    select
      md5(id::text), id, 'lead_status_changed', '2026-04-20Z'::timestamptz + id * interval '1 second',
      '[{"lead_status": {"id": 1, "pipeline_id": 10}}]', '[{"lead_status": {"id": 4, "pipeline_id": 10}}]',
      gen_random_uuid(), '2026-05-01'
    from generate_series(1, ${LEADS}::bigint, 6) as ids (id)
  `;
}

/** One copy of the leads from an id on, as a day shows them. */
async function landLeads(
  { sql }: Warehouse,
  { day, from }: { readonly day: number; readonly from: number },
): Promise<void> {
  await sql`
    insert into stg.stg_leads (
      id, pipeline_id, status_id, plate, license, budget, rental_start, rental_end, created_at, updated_at, payload,
      row_hash, observed_at, run_id, load_date
    )
    select
      id, 10, 4, 'A ' || 1 + id % 3, 'L ' || 1 + id % 150, 100 + id % 900 + ${day},
      '2021-01-01Z'::timestamptz + (id / 3) * interval '2 days', '2021-01-03Z'::timestamptz + (id / 3) * interval '2 days',
      '2020-12-01Z', '2026-04-20Z'::timestamptz + ${day} * interval '1 day', '{}', md5(id || ' ' || ${day}::integer),
      '2026-04-21Z'::timestamptz + ${day} * interval '1 day', gen_random_uuid(), '2026-05-01'
    from generate_series(${from}::bigint, ${LEADS}::bigint) as ids (id)
  `;
}

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
  await landBulk(warehouse);
  await count();
  const first = await countReads(warehouse, "2026-05-01");
  await landLeads(warehouse, { day: 2, from: LEADS - 29 });
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
