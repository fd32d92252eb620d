// `daily` as a process on a warehouse that an older program has filled.
import assert from "node:assert/strict";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dags } from "../../pipeline/daily.ts";
import {
  addCarAndClient,
  type DailySetup,
  DAY,
  dumpLayers,
  leadItem,
  onDatabase,
  onServer,
  RUN_COLUMNS,
  withAccount,
} from "../support/daily_setup.ts";
import { migrateTo } from "../support/old_warehouse.ts";
import { addAttempt } from "../support/run_log_rows.ts";
import { land, type StagedRow } from "../support/staged.ts";
import { serverAvailable, withEmptyServerDatabase } from "../support/warehouses.ts";

/** The last migration before history followed what was seen. */
const BEFORE = 15;
const NEXT_DAY = "2026-05-04";
const STG_TABLES = ["stg_leads", "stg_clients", "stg_cars"] as const;
const NEWER_DAGS = ["daily_amocrm_load_events", "daily_build_dm"];

/** Columns that the database numbers, or that came later. */
const NOT_OF_THEN = "{landed_seq,in_fleet_from,in_fleet_to}";

/** Rows of a table with the columns of then. */
async function rowsOf({ sql }: Warehouse, table: string): Promise<StagedRow[]> {
  const rows = await sql.unsafe<{ row: StagedRow }[]>(
    `select to_jsonb(t) - $1::text[] as row from ${table} as t`,
    [NOT_OF_THEN],
  );
  return rows.map(({ row }) => row);
}

/** Fills a warehouse of then with what a warehouse of today holds of the account, as then hashed and merged. */
async function fillAsThen(old: Warehouse, today: Warehouse): Promise<void> {
  await migrateTo(old, BEFORE);
  const { sql } = old;
  for (const table of STG_TABLES) {
    const rows = await rowsOf(today, `stg.${table}`);
    await land(old, table, rows.map((row) => ({ ...row, row_hash: `old ${row.id}` })));
    // The same state again, with another payload: then it landed, today it is a repeat.
    const repeats = rows.map((row) => ({
      ...row,
      row_hash: `old ${row.id} again`,
      observed_at: `${DAY}T00:00:05Z`,
      payload: { id: Number(row.id) },
    }));
    await land(old, table, repeats);
  }
  for (const table of ["dict.dict_status_leads_stg", "dict.dict_status_leads"]) {
    const rows = JSON.stringify(await rowsOf(today, table));
    await sql.unsafe(`delete from ${table}`);
    await sql.unsafe(
      `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::text::jsonb)`,
      [rows],
    );
  }
  // A state that the CRM has left long ago: what the merges of then made of an updated_at written back.
  await sql`
    insert into ods.ods_leads_hist
      (id, pipeline_id, status_id, budget, created_at, updated_at, valid_from, is_current, load_date)
    select id, pipeline_id, status_id, 1, created_at, updated_at, updated_at, true, load_date
    from stg.stg_leads where row_hash not like '% again'
  `;
  await sql`update ops.watermark set position = 1000 where name not like 'stg.%'`;
  for (const { id: dag, tasks } of dags) {
    if (NEWER_DAGS.includes(dag)) continue;
    for (const { id: task } of tasks) {
      await addAttempt(sql, { dag, task, date: DAY, status: "success" });
    }
  }
}

async function layersOf({ inspect }: DailySetup): Promise<unknown> {
  return await inspect((warehouse) => dumpLayers(warehouse, RUN_COLUMNS));
}

async function runWell(setup: DailySetup, day: string): Promise<string> {
  const { code, stdout, stderr } = await setup.run("daily", ["--date", day]);
  assert.equal(code, 0, stderr + stdout);
  return stdout;
}

// Six processes: an upgrade is one only when the program itself goes through it, and the days after it too.
Deno.test({
  name:
    "daily takes a warehouse of before 0016 to what a new one holds, once, and goes on from there (server)",
  ignore: !serverAvailable,
  fn: () =>
    withAccount((served) =>
      onServer(served, async (fresh) => {
        const { account, sandbox } = served;
        await addCarAndClient(account);
        const [id = 0] = await account.create("/leads", "leads", [
          leadItem(account, "Confirmed", { price: 300 }, {
            plate: "A 1",
            rental_start: "2026-05-04T10:00:00+04:00",
            rental_end: "2026-05-07T10:00:00+04:00",
          }),
          leadItem(account, "Inquiry", {}, {}),
        ]);
        await runWell(fresh, DAY);
        await withEmptyServerDatabase((database) =>
          onDatabase(served, database, async (upgraded) => {
            await fresh.inspect((today) => fillAsThen(database, today));

            const first = await runWell(upgraded, DAY);

            assert.match(first, /^daily_amocrm_load_leads +done/m);
            assert.match(first, /^daily_load_ods_leads +success/m);
            assert.match(first, /^daily_build_dds_fact +success/m);
            assert.deepEqual(await layersOf(upgraded), await layersOf(fresh));

            const before = await dumpLayers(database);
            assert.match(await runWell(upgraded, DAY), /^daily_build_dds_fact +done/m);
            assert.deepEqual(await dumpLayers(database), before);

            sandbox.clock.set(`${NEXT_DAY}T12:00:00+04:00`);
            const status_id = account.statuses["On Rent"];
            await account.patch("/leads", [{ id, status_id, price: 450 }]);
            sandbox.clock.set(`${NEXT_DAY}T13:00:00+04:00`);
            for (const setup of [fresh, upgraded]) await runWell(setup, NEXT_DAY);
            assert.deepEqual(await layersOf(upgraded), await layersOf(fresh));
          })
        );
      })
    ),
});
