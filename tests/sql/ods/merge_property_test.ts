import assert from "node:assert/strict";
import fc from "fast-check";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { type Copy, type Version, versionsOf } from "../../support/history_model.ts";
import { land, runFiles, type StagedRow } from "../../support/staged.ts";
import { testOnServer, withEmbedded } from "../../support/warehouses.ts";

const START = Date.UTC(2026, 4, 1) / 1000;
/** Records in one feed. */
const IDS = 3;

/** One history: its tables, and business states between which its records go back and forth. */
interface Subject {
  readonly staged: "stg_leads" | "stg_clients" | "stg_cars";
  readonly history: string;
  readonly file: string;
  readonly states: readonly StagedRow[];
}

/** How many feeds are tried: most on a server, on which a merge takes a fraction of the time. */
interface Cases {
  readonly embedded: number;
  readonly server: number;
}

const SUBJECTS: readonly (Subject & Cases)[] = [
  {
    staged: "stg_leads",
    history: "ods.ods_leads_hist",
    file: "ods/merge_ods_leads.sql",
    states: [1, 2].flatMap((status_id) =>
      ["A 1", null].flatMap((plate) => [0, 250.5].map((budget) => ({ status_id, plate, budget })))
    ),
    embedded: 40,
    server: 410,
  },
  {
    staged: "stg_clients",
    history: "ods.ods_clients_hist",
    file: "ods/merge_ods_clients.sql",
    states: ["L 1", "l1", null].flatMap((license) =>
      ["1990-02-28", null].map((birth_date) => ({ license, birth_date }))
    ),
    embedded: 20,
    server: 230,
  },
  {
    staged: "stg_cars",
    history: "ods.ods_cars_hist",
    file: "ods/merge_ods_cars.sql",
    states: ["A 1", "B 2", null].flatMap((plate) => [2024, null].map((year) => ({ plate, year }))),
    embedded: 20,
    server: 230,
  },
];

function copyOf({ states }: Subject): fc.Arbitrary<Copy & { readonly row: StagedRow }> {
  return fc.record({
    id: fc.integer({ min: 1, max: IDS }),
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

/** The content of STG (no key twice) in any order, and after which of its rows a merge runs. */
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
    withEmbedded((warehouse) => checkPurity(warehouse, subject, subject.embedded)));
  testOnServer(name, (warehouse) => checkPurity(warehouse, subject, subject.server));
}

/**
 * Feeds each content twice, in pieces and at once, under ids of their own: so nothing has to be emptied between
 * the cases, and the last piece shares its merge with what comes at once.
 */
async function checkPurity(warehouse: Warehouse, subject: Subject, numRuns: number): Promise<void> {
  let lastId = 0;
  await fc.assert(
    fc.asyncProperty(feedOf(subject), async ({ copies, shuffled, mergeAfter }) => {
      const [inPieces, atOnce] = [lastId, lastId + IDS];
      lastId += 2 * IDS;
      let piece: StagedRow[] = [];
      for (const [i, { row }] of shuffled.entries()) {
        piece.push(withId(row, inPieces));
        if (!mergeAfter[i]) continue;
        await land(warehouse, subject.staged, piece);
        await merge(warehouse, subject);
        piece = [];
      }
      piece.push(...copies.map(({ row }) => withId(row, atOnce)));
      await land(warehouse, subject.staged, piece);
      await merge(warehouse, subject);

      assert.deepEqual(
        await history(warehouse, subject, inPieces),
        await history(warehouse, subject, atOnce),
      );
      assert.deepEqual(await versions(warehouse, subject, atOnce), versionsOf(copies));
      assert.deepEqual(await merge(warehouse, subject), 0);
    }),
    { numRuns },
  );
}

function withId(row: StagedRow, offset: number): StagedRow {
  return { ...row, id: Number(row.id) + offset };
}

async function merge(warehouse: Warehouse, { file }: Subject): Promise<unknown> {
  const [metrics] = await runFiles(warehouse, "2026-05-03", [file]);
  return metrics?.rows_written;
}

/** Whole rows of the records behind `offset` as text, `load_date` aside, with the ids of the feed. */
async function history({ sql }: Warehouse, subject: Subject, offset: number): Promise<string[]> {
  const rows = await sql.unsafe(
    `
    select (to_jsonb(versions) - 'load_date' || jsonb_build_object('id', id - $1::bigint))::text as row
    from ${subject.history} as versions
    where id > $1::bigint and id <= $1::bigint + $2::bigint
    order by id, valid_from
  `,
    [offset, IDS],
  );
  return rows.map((row) => String(row.row));
}

async function versions(
  { sql }: Warehouse,
  subject: Subject,
  offset: number,
): Promise<Version[]> {
  const rows = await sql.unsafe(
    `
    select
      id - $1::bigint as id, to_jsonb(versions) as columns, closed_by,
      extract(epoch from updated_at)::integer as updated_at,
      extract(epoch from valid_from)::integer as valid_from,
      extract(epoch from valid_to)::integer as valid_to
    from ${subject.history} as versions
    where id > $1::bigint and id <= $1::bigint + $2::bigint
    order by versions.id, versions.valid_from
  `,
    [offset, IDS],
  );
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
