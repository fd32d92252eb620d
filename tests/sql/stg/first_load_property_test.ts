// A first load by COPY, which asks the table of few rows only, lands what the same rows land as JSON, of which the table
// is asked of all.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { TransactionSql } from "postgres";
import { toMarkerRow } from "../../../lib/landing/records/marker.ts";
import { hashRow } from "../../../lib/landing/records/row_hash.ts";
import { landByCopy } from "../../../lib/landing/row_landing.ts";
import { landBatch } from "../../../lib/landing/staging_batch.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { casesOn } from "../../support/cases.ts";
import { testOnServer } from "../../support/warehouses.ts";

const RUN = { runId: "00000000-0000-4000-8000-000000000003", loadDate: "2026-05-09" };
const { server: CASES } = casesOn({ embedded: 0, server: 150 });

/** Some share a place in what a first load remembers of them. */
const IDS = [1, 2, 3, 1 + 2 ** 23, 2 + 2 ** 24];
const STATES = ["A 1", "B 2", "deleted"] as const;

/** Whole seconds of one minute, so that sights of a record meet. */
interface Sight {
  readonly id: number;
  readonly state: typeof STATES[number];
  readonly updatedAt: number;
  readonly observedAt: number;
}

const sight: fc.Arbitrary<Sight> = fc.record({
  id: fc.constantFrom(...IDS),
  state: fc.constantFrom(...STATES),
  updatedAt: fc.nat({ max: 2 }),
  observedAt: fc.nat({ max: 3 }),
});

const batches = fc.array(fc.array(sight, { maxLength: 5 }), { maxLength: 5 });

function toRow({ id, state, ...seconds }: Sight) {
  const at = (second: number) => `2026-05-01T10:00:0${second}Z`;
  const times = { updatedAt: at(seconds.updatedAt), observedAt: at(seconds.observedAt) };
  if (state === "deleted") return toMarkerRow({ id, deletedBy: "event", ...times, payload: {} });
  const typed = { plate: state, is_deleted: false, deleted_by: null };
  return {
    id,
    ...typed,
    updated_at: times.updatedAt,
    observed_at: times.observedAt,
    payload: {},
    row_hash: hashRow(typed, new Set()),
  };
}

type Rows = readonly ReturnType<typeof toRow>[];

/** How many rows of each batch landed, the ids in the order in which they did, and the rows. */
async function landAll(
  { sql }: Warehouse,
  all: readonly Rows[],
  land: (tx: TransactionSql) => Promise<(rows: Rows) => Promise<number>>,
) {
  await sql`truncate stg.stg_leads`;
  const counts = await sql.begin(async (tx) => {
    const landRows = await land(tx);
    const landed: number[] = [];
    for (const rows of all) landed.push(await landRows(rows));
    return landed;
  });
  const ids = await sql`select id::text from stg.stg_leads order by landed_seq`.values();
  const rows = await sql`
    select to_jsonb(stg_leads) - 'landed_seq' from stg.stg_leads
    order by id, observed_at, row_hash
  `.values();
  return { counts, ids: [...ids].flat(), rows: [...rows].flat() };
}

async function byCopy(tx: TransactionSql) {
  const landing = await landByCopy(tx, "leads", RUN, true);
  return async (rows: Rows) => {
    const batch = landing.open();
    return await batch.land(
      rows.map((row) => batch.prepare(row, { text: () => "{}", plain: null })),
    );
  };
}

async function asJson(tx: TransactionSql) {
  return await Promise.resolve((rows: Rows) =>
    landBatch(tx, "leads", { rows: [...rows], rejected: [] }, RUN)
  );
}

testOnServer("a first load lands by COPY what lands as JSON", async (warehouse) => {
  await fc.assert(
    fc.asyncProperty(batches, async (sights) => {
      const all = sights.map((batch) => batch.map(toRow));
      assert.deepEqual(
        await landAll(warehouse, all, byCopy),
        await landAll(warehouse, all, asJson),
      );
    }),
    { numRuns: CASES },
  );
});
