import assert from "node:assert/strict";
import fc from "fast-check";
import type { Warehouse } from "../lib/warehouse.ts";
import { type Copy, type Version, versionsOf } from "./support/history_model.ts";
import { dump, land, runFiles, type StagedRow } from "./support/staged.ts";
import { testOnServer, withEmbedded } from "./support/warehouses.ts";

const SERVER_CASES = 150;
const START = Date.UTC(2026, 4, 1) / 1000;

/** One history: its tables, and business states between which its records go back and forth. */
interface Subject {
  readonly staged: "stg_leads" | "stg_clients" | "stg_cars";
  readonly history: string;
  readonly file: string;
  readonly states: readonly StagedRow[];
}

const SUBJECTS: readonly (Subject & { readonly embeddedCases: number })[] = [
  {
    staged: "stg_leads",
    history: "ods.ods_leads_hist",
    file: "ods/merge_ods_leads.sql",
    states: [1, 2].flatMap((status_id) =>
      ["A 1", null].flatMap((plate) => [0, 250.5].map((budget) => ({ status_id, plate, budget })))
    ),
    embeddedCases: 300,
  },
  {
    staged: "stg_clients",
    history: "ods.ods_clients_hist",
    file: "ods/merge_ods_clients.sql",
    states: ["L 1", "l1", null].flatMap((license) =>
      ["1990-02-28", null].map((birth_date) => ({ license, birth_date }))
    ),
    embeddedCases: 100,
  },
  {
    staged: "stg_cars",
    history: "ods.ods_cars_hist",
    file: "ods/merge_ods_cars.sql",
    states: ["A 1", "B 2", null].flatMap((plate) => [2024, null].map((year) => ({ plate, year }))),
    embeddedCases: 100,
  },
];

function copyOf({ states }: Subject): fc.Arbitrary<Copy & { readonly row: StagedRow }> {
  return fc.record({
    id: fc.integer({ min: 1, max: 3 }),
    updatedAt: fc.integer({ min: 0, max: 6 }),
    // Now and then seen before it says it was updated: clocks of the CRM's machines differ.
    observedAfter: fc.integer({ min: -1, max: 8 }),
    columns: fc.constantFrom(...states),
    deletedBy: fc.oneof(
      { weight: 5, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom("event", "absence", "only_deleted") },
    ),
    // Differs without a business column: another tag, another contact.
    noise: fc.integer({ min: 0, max: 1 }),
  }).map(({ id, updatedAt, observedAfter, columns, deletedBy, noise }) => {
    const rowHash = JSON.stringify([columns, deletedBy, noise]);
    const observedAt = updatedAt + observedAfter;
    return {
      id,
      updatedAt,
      observedAt,
      rowHash,
      deletedBy,
      state: deletedBy ? null : JSON.stringify(columns),
      row: {
        id,
        ...columns,
        created_at: toTime(0),
        updated_at: toTime(updatedAt),
        observed_at: toTime(observedAt),
        row_hash: rowHash,
        is_deleted: deletedBy !== null,
        deleted_by: deletedBy,
      },
    };
  });
}

/** The content of STG (no key twice) and two ways of feeding it: an order, and where a merge runs. */
function feedOf(subject: Subject) {
  return fc.uniqueArray(copyOf(subject), {
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
}

for (const subject of SUBJECTS) {
  const name = `${subject.file} is a pure function of STG`;
  Deno.test(`${name} (embedded)`, () =>
    withEmbedded((warehouse) => checkPurity(warehouse, subject, subject.embeddedCases)));
  testOnServer(`${name} (server)`, (warehouse) => checkPurity(warehouse, subject, SERVER_CASES));
}

async function checkPurity(warehouse: Warehouse, subject: Subject, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(feedOf(subject), async ({ copies, shuffled, mergeAfter }) => {
      await empty(warehouse, subject);
      await land(warehouse, subject.staged, copies.map(({ row }) => row));
      await merge(warehouse, subject);
      const atOnce = await history(warehouse, subject);

      await empty(warehouse, subject);
      for (const [i, { row }] of shuffled.entries()) {
        await land(warehouse, subject.staged, [row]);
        if (mergeAfter[i]) await merge(warehouse, subject);
      }
      await merge(warehouse, subject);
      const inPieces = await history(warehouse, subject);

      assert.deepEqual(inPieces, atOnce);
      assert.deepEqual(await versions(warehouse, subject), versionsOf(copies));
      assert.deepEqual(await merge(warehouse, subject), 0);
    }),
    { numRuns },
  );
}

async function empty({ sql }: Warehouse, subject: Subject): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`delete from stg.${tx(subject.staged)}`;
    await tx.unsafe(`delete from ${subject.history}`);
    await tx`update ops.watermark set position = 0`;
  });
}

async function merge(warehouse: Warehouse, { file }: Subject): Promise<unknown> {
  const [metrics] = await runFiles(warehouse, "2026-05-03", [file]);
  return metrics?.rows_written;
}

function history(warehouse: Warehouse, subject: Subject): Promise<string[]> {
  return dump(warehouse, subject.history, "id, valid_from");
}

async function versions({ sql }: Warehouse, subject: Subject): Promise<Version[]> {
  const rows = await sql.unsafe(`
    select
      id, to_jsonb(versions) as columns, closed_by,
      extract(epoch from updated_at)::integer as updated_at,
      extract(epoch from valid_from)::integer as valid_from,
      extract(epoch from valid_to)::integer as valid_to
    from ${subject.history} as versions
    order by id, versions.valid_from
  `);
  const names = Object.keys(subject.states[0] ?? {});
  return rows.map((row) => ({
    id: Number(row.id),
    state: JSON.stringify(Object.fromEntries(names.map((name) => [name, row.columns[name]]))),
    updatedAt: row.updated_at - START,
    validFrom: row.valid_from - START,
    validTo: row.valid_to === null ? null : row.valid_to - START,
    closedBy: row.closed_by,
  }));
}

function toTime(seconds: number): string {
  return new Date((START + seconds) * 1000).toISOString();
}
