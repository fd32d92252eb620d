import assert from "node:assert/strict";
import fc from "fast-check";
import type { Warehouse } from "../lib/warehouse.ts";
import { type Copy, type Version, versionsOf } from "./support/history_model.ts";
import { dump, land, runFiles, type StagedRow } from "./support/staged.ts";
import { testOnServer, withEmbedded } from "./support/warehouses.ts";

const EMBEDDED_CASES = 300;
const SERVER_CASES = 60;
const START = Date.UTC(2026, 4, 1) / 1000;

const copy: fc.Arbitrary<Copy & { readonly row: StagedRow }> = fc.record({
  id: fc.integer({ min: 1, max: 3 }),
  updatedAt: fc.integer({ min: 0, max: 6 }),
  // Now and then seen before it says it was updated: clocks of the CRM's machines differ.
  observedAfter: fc.integer({ min: -1, max: 8 }),
  statusId: fc.constantFrom(1, 2),
  plate: fc.constantFrom("A 1", null),
  budget: fc.constantFrom(0, 250.5),
  deletedBy: fc.oneof(
    { weight: 5, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom("event", "absence", "only_deleted") },
  ),
  // Differs without a business column: another tag, another contact.
  noise: fc.integer({ min: 0, max: 1 }),
}).map(({ id, updatedAt, observedAfter, statusId, plate, budget, deletedBy, noise }) => {
  const business = { status_id: statusId, plate, budget };
  const rowHash = JSON.stringify([business, deletedBy, noise]);
  const observedAt = updatedAt + observedAfter;
  return {
    id,
    updatedAt,
    observedAt,
    rowHash,
    deletedBy,
    state: deletedBy ? null : JSON.stringify([statusId, plate, budget]),
    row: {
      id,
      ...business,
      created_at: toTime(0),
      updated_at: toTime(updatedAt),
      observed_at: toTime(observedAt),
      row_hash: rowHash,
      is_deleted: deletedBy !== null,
      deleted_by: deletedBy,
    },
  };
});

/** The content of STG (no key twice) and two ways of feeding it: an order, and where a merge runs. */
const feed = fc.uniqueArray(copy, {
  minLength: 1,
  maxLength: 12,
  selector: ({ id, updatedAt, rowHash }) => `${id} ${updatedAt} ${rowHash}`,
}).chain((copies) =>
  fc.record({
    copies: fc.constant(copies),
    shuffled: fc.shuffledSubarray(copies, { minLength: copies.length }),
    mergeAfter: fc.array(fc.boolean(), { minLength: copies.length, maxLength: copies.length }),
  })
);

Deno.test("merge_ods_leads is a pure function of STG on the embedded warehouse", () =>
  withEmbedded((warehouse) => checkPurity(warehouse, EMBEDDED_CASES)));

testOnServer(
  "merge_ods_leads is a pure function of STG on a server",
  (warehouse) => checkPurity(warehouse, SERVER_CASES),
);

async function checkPurity(warehouse: Warehouse, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(feed, async ({ copies, shuffled, mergeAfter }) => {
      await empty(warehouse);
      await land(warehouse, "stg_leads", copies.map(({ row }) => row));
      await merge(warehouse);
      const atOnce = await history(warehouse);

      await empty(warehouse);
      for (const [i, { row }] of shuffled.entries()) {
        await land(warehouse, "stg_leads", [row]);
        if (mergeAfter[i]) await merge(warehouse);
      }
      await merge(warehouse);
      const inPieces = await history(warehouse);

      assert.deepEqual(inPieces, atOnce);
      assert.deepEqual(await versions(warehouse), versionsOf(copies));
      assert.deepEqual(await merge(warehouse), 0);
    }),
    { numRuns },
  );
}

async function empty({ sql }: Warehouse): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`delete from stg.stg_leads`;
    await tx`delete from ods.ods_leads_hist`;
    await tx`update ops.watermark set position = 0`;
  });
}

async function merge(warehouse: Warehouse): Promise<unknown> {
  const [metrics] = await runFiles(warehouse, "2026-05-03", ["ods/merge_ods_leads.sql"]);
  return metrics?.rows_written;
}

function history(warehouse: Warehouse): Promise<string[]> {
  return dump(warehouse, "ods.ods_leads_hist", "id, valid_from");
}

async function versions({ sql }: Warehouse): Promise<Version[]> {
  const rows = await sql`
    select
      id, status_id, plate, budget, closed_by,
      extract(epoch from updated_at)::integer as updated_at,
      extract(epoch from valid_from)::integer as valid_from,
      extract(epoch from valid_to)::integer as valid_to
    from ods.ods_leads_hist
    order by id, valid_from
  `;
  return rows.map((row) => ({
    id: row.id,
    state: JSON.stringify([row.status_id, row.plate, Number(row.budget)]),
    updatedAt: row.updated_at - START,
    validFrom: row.valid_from - START,
    validTo: row.valid_to === null ? null : row.valid_to - START,
    closedBy: row.closed_by,
  }));
}

function toTime(seconds: number): string {
  return new Date((START + seconds) * 1000).toISOString();
}
