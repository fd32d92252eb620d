// A first build of the history of leads puts its rows in without indexes, where nobody has the table open.
import assert from "node:assert/strict";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { land, runFiles } from "../../support/staged.ts";
import { testOnBothWarehouses, testOnServer } from "../../support/warehouses.ts";

async function landTwoLeads(warehouse: Warehouse): Promise<void> {
  await land(
    warehouse,
    "stg_leads",
    [1, 1, 2].map((id, i) => ({
      id,
      status_id: i + 1,
      created_at: "2026-05-01T00:00:00Z",
      updated_at: `2026-05-01T1${i}:00:00Z`,
      observed_at: `2026-05-02T0${i}:00:00Z`,
      row_hash: String(i),
    })),
  );
}

async function listIndexes({ sql }: Warehouse): Promise<readonly string[]> {
  const rows = await sql`
    select indexdef from pg_indexes where schemaname = 'ods' and tablename = 'ods_leads_hist' order by indexname
  `;
  return rows.map(({ indexdef }) => String(indexdef));
}

async function listVersions({ sql }: Warehouse): Promise<unknown> {
  const rows = await sql`
    select id::integer, status_id::integer, to_char(valid_from, 'DD HH24'), to_char(valid_to, 'DD HH24')
    from ods.ods_leads_hist
    order by id, valid_from
  `.values();
  return [...rows].map((row) => [...row]);
}

const VERSIONS = [[1, 1, "01 10", "01 11"], [1, 2, "01 11", null], [2, 3, "01 12", null]];

testOnBothWarehouses(
  "merge_ods_leads leaves all indexes behind when the history was empty",
  async (warehouse) => {
    const before = await listIndexes(warehouse);
    await landTwoLeads(warehouse);

    await runFiles(warehouse, "2026-05-02", ["ods/merge_ods_leads.sql"]);

    assert.deepEqual(await listVersions(warehouse), VERSIONS);
    assert.deepEqual(await listIndexes(warehouse), before);
  },
);

testOnServer(
  "merge_ods_leads waits for nobody when a reader has the empty history open",
  async (warehouse) => {
    await landTwoLeads(warehouse);
    await using reader = await warehouse.sql.reserve().then((session) => ({
      session,
      [Symbol.asyncDispose]: async () => {
        await session`rollback`;
        session.release();
      },
    }));
    await reader.session`begin`;
    await reader.session`select from ods.ods_leads_hist`;

    await runFiles(warehouse, "2026-05-02", ["ods/merge_ods_leads.sql"]);

    assert.deepEqual(await listVersions(warehouse), VERSIONS);
  },
);
