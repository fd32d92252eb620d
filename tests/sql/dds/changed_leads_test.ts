import assert from "node:assert/strict";
import { querySqlFile } from "../../../lib/warehouse/sql_file.ts";
import { migrate } from "../../../lib/warehouse/migrations.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { CONFIRMED, element, INQUIRY, lead, liveDay, moved } from "../../support/rentals.ts";
import { migrateTo } from "../../support/old_warehouse.ts";
import { testOnBothWarehouses, testOnEmpty } from "../../support/warehouses.ts";

/** Lets the log believe that this mart was built and has taken in everything up to `position`. */
async function build({ sql }: Warehouse, mart: string, position: number): Promise<void> {
  await sql`
    insert into ops.watermark (name, position, settings)
    values (${`dm.${mart}/leads`}, ${position}, 'built')
    on conflict (name) do update set position = excluded.position
  `;
}

/** The leads noted and how many merges did, and the log emptied. */
async function take({ sql }: Warehouse): Promise<number[][]> {
  const rows = await sql`
    with taken as (delete from dds.changed_lead returning change_seq, lead_ids)
    select noted.lead_id::integer, count(distinct taken.change_seq)::integer
    from taken
    cross join lateral unnest(taken.lead_ids) as noted (lead_id)
    group by noted.lead_id
    order by noted.lead_id
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

/** Notes these leads, each array as one merge does. */
async function note({ sql }: Warehouse, ...merges: number[][]): Promise<void> {
  for (const leads of merges) {
    await sql`select dds.note_changed_leads(${`{${leads.join(",")}}`}::text::bigint[])`;
  }
}

/** The leads that a reader finds between two places in the log. */
async function read({ sql }: Warehouse, after: number, last: number): Promise<number[]> {
  const rows = await sql`
    select distinct lead_id::integer from dds.leads_noted(${after}, ${last}) as noted (lead_id)
    order by lead_id
  `.values();
  return rows.map(([id]) => Number(id));
}

testOnBothWarehouses(
  "leads_noted() gives a reader what was noted since it read, and nothing that comes later",
  async (warehouse) => {
    await build(warehouse, "any", 0);
    await note(warehouse, [5, 6, 6], [], [7], [6, 8]);
    assert.deepEqual(await read(warehouse, 0, 3), [5, 6, 7, 8]);
    assert.deepEqual(await read(warehouse, 1, 2), [7]);
    assert.deepEqual(await read(warehouse, 2, 3), [6, 8]);
    assert.deepEqual(await read(warehouse, 3, 3), []);
  },
);

testOnBothWarehouses(
  "forget_changed_leads() keeps what a mart has not taken in",
  async (warehouse) => {
    const { sql } = warehouse;
    await build(warehouse, "one", 0);
    await build(warehouse, "other", 0);
    await sql`insert into ops.watermark (name) values ('dm.never_built/leads')`;
    await note(warehouse, [5], [6], [7, 8]);

    await build(warehouse, "one", 3);
    await build(warehouse, "other", 2);
    const [forgotten] = await sql`select dds.forget_changed_leads()::integer as rows`;
    assert.deepEqual({ ...forgotten }, { rows: 2 });
    assert.deepEqual(await take(warehouse), [[7, 1], [8, 1]]);
  },
);

testOnEmpty("an upgrade keeps the notes that a mart has not taken in", async (warehouse) => {
  await migrateTo(warehouse, 55);
  await warehouse.sql`insert into dds.changed_lead (lead_id) values (5), (6), (7)`;
  await migrate(warehouse);
  await build(warehouse, "any", 1);
  await note(warehouse, [8, 9]);
  assert.deepEqual(await read(warehouse, 1, 4), [6, 7, 8, 9]);
});
