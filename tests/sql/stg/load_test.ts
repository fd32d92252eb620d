// What lands: a copy that differs from the row before it in the order of what was seen when.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { hashRow } from "../../../lib/landing/records/row_hash.ts";
import { toMarkerRow } from "../../../lib/landing/records/marker.ts";
import { landByCopy } from "../../../lib/landing/row_landing.ts";
import { landBatch } from "../../../lib/landing/staging_batch.ts";
import { copyingTransactions } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const RUN = { runId: "00000000-0000-4000-8000-000000000003", loadDate: "2026-05-09" };

/** A column of each entity that tells two states apart. */
const STATE_COLUMN = { leads: "plate", clients: "license", cars: "plate" } as const;
type Entity = keyof typeof STATE_COLUMN;

/** What was seen of record 7: its state, or how it was deleted; what it says of itself; when; and the payload. */
type Sight = readonly [state: string, updatedAt: string, observedAt: string, payload?: object];

function toRow(entity: Entity, [state, updatedAt, observedAt, payload = {}]: Sight) {
  const times = { updatedAt: at(updatedAt), observedAt: at(observedAt) };
  const deletedBy = (["only_deleted", "event", "absence"] as const).find((one) => one === state);
  if (deletedBy) return toMarkerRow({ id: 7, deletedBy, ...times, payload });
  const typed = { [STATE_COLUMN[entity]]: state, is_deleted: false, deleted_by: null };
  return {
    id: 7,
    ...typed,
    updated_at: times.updatedAt,
    observed_at: times.observedAt,
    payload,
    row_hash: hashRow(typed, new Set()),
  };
}

/** Lands batches one after the other; how many rows of each were new. */
async function landAll(
  warehouse: Warehouse,
  entity: Entity,
  ...batches: readonly (readonly Sight[])[]
): Promise<number[]> {
  const landed: number[] = [];
  for (const batch of batches) {
    const rows = batch.map((sight) => toRow(entity, sight));
    landed.push(await warehouse.sql.begin((tx) => landRows(tx, entity, rows)));
  }
  return landed;
}

/** As a load does: by COPY on a server, and as JSON elsewhere. */
async function landRows(
  tx: TransactionSql,
  entity: Entity,
  rows: readonly ReturnType<typeof toRow>[],
): Promise<number> {
  if (!copyingTransactions.has(tx)) {
    return await landBatch(tx, entity, { rows: [...rows], rejected: [] }, RUN);
  }
  const { prepare, land } = (await landByCopy(tx, entity, RUN, false)).open();
  return await land(
    rows.map((row) => prepare(row, { text: () => JSON.stringify(row.payload), plain: null })),
  );
}

/** State (or deletion), updated_at and observed_at of each row, in the order of the law. */
async function rowsOf({ sql }: Warehouse, entity: Entity): Promise<string[][]> {
  const rows = await sql.unsafe(`
    select
      coalesce(deleted_by, ${STATE_COLUMN[entity]}) as state,
      to_char(updated_at at time zone 'UTC', 'DD HH24:MI') as changed_at,
      to_char(observed_at at time zone 'UTC', 'DD HH24:MI') as seen_at
    from stg.stg_${entity}
    order by observed_at, updated_at, is_deleted, row_hash collate "C"
  `);
  return rows.map((row) => [row.state, row.changed_at, row.seen_at]);
}

/** "02 10:00" in May 2026, UTC. */
function at(text: string): string {
  return `2026-05-${text.replace(" ", "T")}:00Z`;
}

for (const entity of ["leads", "clients", "cars"] as const) {
  testOnBothWarehouses(
    `load_${entity} lands what differs from the row before it`,
    async (warehouse) => {
      const counts = await landAll(
        warehouse,
        entity,
        [["A", "01 10:00", "02 04:00", { tags: [] }]],
        // Seen again: unchanged, and with another payload.
        [["A", "01 10:00", "03 04:00", { tags: [] }]],
        [["A", "01 10:00", "04 04:00", { tags: ["vip"] }]],
        // A touch, then B and A again under one updated_at.
        [["A", "04 10:00", "05 04:00"]],
        [["B", "04 10:00", "06 04:00"]],
        [["A", "04 10:00", "07 04:00"]],
        // Written back by hand.
        [["C", "01 09:00", "08 04:00"]],
      );
      assert.deepEqual(counts, [1, 0, 0, 1, 1, 1, 1]);
      assert.deepEqual(await rowsOf(warehouse, entity), [
        ["A", "01 10:00", "02 04:00"],
        ["A", "04 10:00", "05 04:00"],
        ["B", "04 10:00", "06 04:00"],
        ["A", "04 10:00", "07 04:00"],
        ["C", "01 09:00", "08 04:00"],
      ]);
    },
  );

  testOnBothWarehouses(`load_${entity} lands one marker behind a live copy`, async (warehouse) => {
    const counts = await landAll(
      warehouse,
      entity,
      // Nobody has seen it alive.
      [["event", "01 09:00", "01 09:00"]],
      [["A", "01 10:00", "02 04:00"]],
      // Trash and event of one deletion in one batch: the event was earlier.
      [["only_deleted", "01 10:00", "03 04:00"], ["event", "02 20:00", "02 20:00"]],
      [["absence", "04 04:00", "04 04:00"]],
      // It returns, unchanged.
      [["A", "01 10:00", "05 04:00"]],
      [["A", "01 10:00", "06 04:00"]],
      [["absence", "07 04:00", "07 04:00"]],
    );
    assert.deepEqual(counts, [0, 1, 1, 0, 1, 0, 1]);
    assert.deepEqual(await rowsOf(warehouse, entity), [
      ["A", "01 10:00", "02 04:00"],
      ["event", "02 20:00", "02 20:00"],
      ["A", "01 10:00", "05 04:00"],
      ["absence", "07 04:00", "07 04:00"],
    ]);
  });

  testOnBothWarehouses(
    `load_${entity} compares a late copy with the row before it`,
    async (warehouse) => {
      const counts = await landAll(
        warehouse,
        entity,
        [["A", "01 10:00", "02 04:00"], ["B", "03 10:00", "06 04:00"]],
        // The same as the row before it, as the row behind it, and as neither.
        [["A", "01 10:00", "03 04:00"]],
        [["B", "03 10:00", "05 04:00"]],
        [["C", "02 10:00", "04 04:00"]],
        // Before all others.
        [["A", "01 10:00", "01 12:00"]],
        [["event", "02 05:00", "02 05:00"]],
      );
      assert.deepEqual(counts, [2, 0, 1, 1, 1, 1]);
      assert.deepEqual(await rowsOf(warehouse, entity), [
        ["A", "01 10:00", "01 12:00"],
        ["A", "01 10:00", "02 04:00"],
        ["event", "02 05:00", "02 05:00"],
        ["C", "02 10:00", "04 04:00"],
        ["B", "03 10:00", "05 04:00"],
        ["B", "03 10:00", "06 04:00"],
      ]);
    },
  );

  testOnBothWarehouses(`load_${entity} lands a batch of everything in order`, async (warehouse) => {
    const batch: readonly Sight[] = [
      ["A", "01 10:00", "06 04:00"],
      ["B", "01 10:00", "03 04:00"],
      ["A", "01 10:00", "02 04:00"],
      ["A", "01 10:00", "04 04:00"],
      ["B", "01 10:00", "03 05:00"],
      ["event", "05 04:00", "05 04:00"],
      // Touched within one second, and shown twice in it: the first in order has the key, the next row follows it.
      ["A", "06 09:00", "07 04:00"],
      ["A", "06 08:00", "07 04:00"],
      ["A", "06 09:00", "07 05:00"],
    ];
    assert.deepEqual(await landAll(warehouse, entity, batch, batch), [7, 0]);
    assert.deepEqual(await rowsOf(warehouse, entity), [
      ["A", "01 10:00", "02 04:00"],
      ["B", "01 10:00", "03 04:00"],
      ["A", "01 10:00", "04 04:00"],
      ["event", "05 04:00", "05 04:00"],
      ["A", "01 10:00", "06 04:00"],
      ["A", "06 08:00", "07 04:00"],
      ["A", "06 09:00", "07 05:00"],
    ]);
  });
}
