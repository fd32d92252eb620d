import assert from "node:assert/strict";
import { querySqlFile } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { CONFIRMED, element, INQUIRY, lead, liveDay, moved } from "../../support/rentals.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

/** Lets the log believe that this mart was built and has taken in everything up to `position`. */
async function build({ sql }: Warehouse, mart: string, position: number): Promise<void> {
  await sql`
    insert into ops.watermark (name, position, settings)
    values (${`dm.${mart}/leads`}, ${position}, 'built')
    on conflict (name) do update set position = excluded.position
  `;
}

/** The leads noted and how often, and the log emptied. */
async function take({ sql }: Warehouse): Promise<number[][]> {
  const rows = await sql`
    with taken as (delete from dds.changed_lead returning lead_id)
    select lead_id::integer, count(*)::integer
    from taken
    group by lead_id
    order by lead_id
  `.values();
  return rows.map(([id, count]) => [Number(id), Number(count)]);
}

const LEADS = [1, 2, 3].map((id) => lead(id, "2026-05-01 10:00", { status_id: INQUIRY }));

testOnBothWarehouses(
  "note_changed_leads() notes what a merge writes differently, once a mart was built",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", { leads: LEADS });
    assert.deepEqual(await take(warehouse), []);

    await build(warehouse, "any", 0);
    await liveDay(warehouse, "2026-05-02");
    assert.deepEqual(await take(warehouse), []);

    // A new name: the history alone. A new status: history, status changes and rental.
    await liveDay(warehouse, "2026-05-03", {
      leads: [
        lead(1, "2026-05-02 10:00", { status_id: INQUIRY, name: "other" }),
        lead(2, "2026-05-02 10:00", { status_id: CONFIRMED }),
      ],
    });
    assert.deepEqual(await take(warehouse), [[1, 2], [2, 3]]);

    // A late event: the status changes, and the moment of the confirmation.
    await liveDay(warehouse, "2026-05-04", {
      events: [moved(2, "2026-05-02 09:00:00", INQUIRY, CONFIRMED)],
    });
    assert.deepEqual(await take(warehouse), [[2, 2]]);
  },
);

testOnBothWarehouses(
  "note_changed_leads() notes the leads whose car is found, and those that a rebuild removes",
  async (warehouse) => {
    await build(warehouse, "any", 0);
    await liveDay(warehouse, "2026-05-02", {
      leads: [lead(1, "2026-05-01 10:00", { status_id: INQUIRY, plate: "A 1" })],
    });
    await take(warehouse);
    await liveDay(warehouse, "2026-05-03", {
      cars: [element(7, "2026-05-01 09:00", { plate: "A1" })],
    });
    assert.deepEqual(await take(warehouse), [[1, 1]]);

    await warehouse.sql`delete from stg.stg_leads`;
    await warehouse.sql.begin((tx) => querySqlFile(tx, "ods/history/delete_unknown_leads.sql", []));
    assert.deepEqual(await take(warehouse), [[1, 1]]);
  },
);

testOnBothWarehouses(
  "forget_changed_leads() keeps what a mart has not taken in",
  async (warehouse) => {
    const { sql } = warehouse;
    await build(warehouse, "one", 0);
    await build(warehouse, "other", 0);
    await sql`insert into ops.watermark (name) values ('dm.never_built/leads')`;
    await sql`select dds.note_changed_leads(array[5, 6, 6, 7]::bigint[])`;

    await build(warehouse, "one", 3);
    await build(warehouse, "other", 2);
    const [forgotten] = await sql`select dds.forget_changed_leads()::integer as rows`;
    assert.deepEqual({ ...forgotten }, { rows: 2 });
    assert.equal((await take(warehouse)).length, 1);
  },
);
