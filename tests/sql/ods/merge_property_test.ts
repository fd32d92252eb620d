import assert from "node:assert/strict";
import fc from "fast-check";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { casesOn } from "../../support/cases.ts";
import { type Copy, type Version, versionsOf } from "../../support/history_model.ts";
import {
  land,
  landRestores,
  type RestoreRow,
  runFiles,
  type StagedRow,
} from "../../support/staged.ts";
import { testOnServer, withEmbedded } from "../../support/warehouses.ts";

const START = Date.UTC(2026, 4, 1) / 1000;
/** Records in one feed. */
const IDS = 3;
/** Longer than what one feed tells of. */
const SECONDS = 10;

/** One history: its tables, and business states between which its records go back and forth. */
interface Subject {
  readonly staged: "stg_leads" | "stg_clients" | "stg_cars";
  readonly history: string;
  readonly file: string;
  readonly states: readonly StagedRow[];
  /** Whether events say when a record came back from the trash. */
  readonly hasRestores: boolean;
  /** How many feeds are tried. */
  readonly cases: ReturnType<typeof casesOn>;
}

const SUBJECTS: readonly Subject[] = [
  {
    staged: "stg_leads",
    history: "ods.ods_leads_hist",
    file: "ods/merge_ods_leads.sql",
    states: [1, 2].flatMap((status_id) =>
      ["A 1", null].flatMap((plate) => [0, 250.5].map((budget) => ({ status_id, plate, budget })))
    ),
    hasRestores: true,
    cases: casesOn({ embedded: 5, server: 150 }),
  },
  {
    staged: "stg_clients",
    history: "ods.ods_clients_hist",
    file: "ods/merge_ods_clients.sql",
    states: ["L 1", "l1", null].flatMap((license) =>
      ["1990-02-28", null].map((birth_date) => ({ license, birth_date }))
    ),
    hasRestores: false,
    cases: casesOn({ embedded: 5, server: 120 }),
  },
  {
    staged: "stg_cars",
    history: "ods.ods_cars_hist",
    file: "ods/merge_ods_cars.sql",
    states: ["A 1", "B 2", null].flatMap((plate) => [2024, null].map((year) => ({ plate, year }))),
    hasRestores: false,
    cases: casesOn({ embedded: 5, server: 120 }),
  },
];

function copyOf({ states }: Subject): fc.Arbitrary<Copy & { readonly row: StagedRow }> {
  return fc.record({
    id: fc.integer({ min: 1, max: IDS }),
    updatedAt: fc.integer({ min: 0, max: 6 }),
    // Written ahead, written back, and now and then before the creation that it claims.
    observedAt: fc.integer({ min: 0, max: 8 }),
    createdAt: fc.constantFrom(0, 0, 0, 3, 7, null),
    columns: fc.constantFrom(...states),
    deletedBy: fc.oneof(
      { weight: 5, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom("event", "absence", "only_deleted") },
    ),
    // Differs without a business column: another tag, another contact.
    noise: fc.integer({ min: 0, max: 1 }),
  }).map(({ id, updatedAt, observedAt, createdAt, columns, deletedBy, noise }) => {
    const rowHash = JSON.stringify([columns, deletedBy, noise]);
    return {
      id,
      updatedAt,
      observedAt,
      createdAt,
      rowHash,
      deletedBy,
      state: deletedBy ? null : JSON.stringify(columns),
      row: {
        id,
        ...columns,
        created_at: createdAt === null ? null : toTime(createdAt),
        updated_at: toTime(updatedAt),
        observed_at: toTime(observedAt),
        row_hash: rowHash,
        is_deleted: deletedBy !== null,
        deleted_by: deletedBy,
      },
    };
  });
}

const restore = fc.record({
  id: fc.integer({ min: 1, max: IDS }),
  at: fc.integer({ min: 0, max: 8 }),
});

/** What lands at once: a copy, or an event. */
type Landed = { readonly row: StagedRow } | { readonly restore: RestoreRow };

/** The content of STG (no key twice) in any order, and after which of its rows a merge runs. */
function feedOf(subject: Subject) {
  const copies = fc.uniqueArray(copyOf(subject), {
    minLength: 1,
    maxLength: 12,
    selector: ({ id, observedAt, rowHash }) => `${id} ${observedAt} ${rowHash}`,
  });
  const restores = fc.array(restore, { maxLength: subject.hasRestores ? 4 : 0 });
  return fc.tuple(copies, restores).chain(([copies, restores]) => {
    const content: Landed[] = [
      ...copies.map(({ row }) => ({ row })),
      ...restores.map(({ id, at }) => ({ restore: { lead_id: id, created_at: toTime(at) } })),
    ];
    const minLength = content.length;
    return fc.record({
      source: fc.constant({ copies, restores }),
      content: fc.constant(content),
      shuffled: fc.shuffledSubarray(content, { minLength }),
      mergeAfter: fc.array(fc.boolean(), { minLength, maxLength: minLength }),
    });
  });
}

for (const subject of SUBJECTS) {
  const name = `${subject.file} is a pure function of STG`;
  Deno.test(`${name} (embedded)`, () =>
    withEmbedded((warehouse) => checkPurity(warehouse, subject, subject.cases.embedded)));
  testOnServer(name, (warehouse) => checkPurity(warehouse, subject, subject.cases.server));
}

/**
 * Feeds each content twice, in pieces and at once, under ids of their own: so nothing has to be emptied between
 * the cases, and the last piece shares its merge with what comes at once. Each content is seen after those before it:
 * a merge knows until when all that it has taken in was seen.
 */
async function checkPurity(warehouse: Warehouse, subject: Subject, numRuns: number): Promise<void> {
  let lastId = 0;
  await fc.assert(
    fc.asyncProperty(feedOf(subject), async ({ source, content, shuffled, mergeAfter }) => {
      const [inPieces, atOnce] = [lastId, lastId + IDS];
      const seconds = lastId * SECONDS;
      lastId += 2 * IDS;
      let piece: Landed[] = [];
      for (const [i, landed] of shuffled.entries()) {
        piece.push(movedOn(landed, inPieces, seconds));
        if (!mergeAfter[i]) continue;
        await landAll(warehouse, subject, piece);
        await merge(warehouse, subject);
        piece = [];
      }
      piece.push(...content.map((landed) => movedOn(landed, atOnce, seconds)));
      await landAll(warehouse, subject, piece);
      await merge(warehouse, subject);

      assert.deepEqual(
        await history(warehouse, subject, inPieces),
        await history(warehouse, subject, atOnce),
      );
      assert.deepEqual(await versions(warehouse, subject, atOnce, seconds), versionsOf(source));
      assert.deepEqual(await merge(warehouse, subject), 0);
    }),
    { numRuns },
  );
}

/** The same under other ids and some seconds later. */
function movedOn(landed: Landed, ids: number, seconds: number): Landed {
  const later = (time: string) => new Date(Date.parse(time) + seconds * 1000).toISOString();
  if ("restore" in landed) {
    const { lead_id, created_at } = landed.restore;
    return { restore: { lead_id: lead_id + ids, created_at: later(created_at) } };
  }
  const times = ["created_at", "updated_at", "observed_at"].flatMap((name) => {
    const time = landed.row[name];
    return typeof time === "string" ? [[name, later(time)]] : [];
  });
  return { row: { ...landed.row, ...Object.fromEntries(times), id: Number(landed.row.id) + ids } };
}

async function landAll(
  warehouse: Warehouse,
  subject: Subject,
  piece: readonly Landed[],
): Promise<void> {
  const rows = piece.flatMap((landed) => "row" in landed ? [landed.row] : []);
  await land(warehouse, subject.staged, rows);
  await landRestores(
    warehouse,
    piece.flatMap((landed) => "restore" in landed ? [landed.restore] : []),
  );
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
  seconds: number,
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
  const start = START + seconds;
  const names = Object.keys(subject.states[0] ?? {});
  return rows.map((row) => ({
    id: Number(row.id),
    state: JSON.stringify(Object.fromEntries(names.map((name) => [name, row.columns[name]]))),
    updatedAt: row.updated_at - start,
    validFrom: row.valid_from - start,
    validTo: row.valid_to === null ? null : row.valid_to - start,
    closedBy: row.closed_by,
  }));
}

function toTime(seconds: number): string {
  return new Date((START + seconds) * 1000).toISOString();
}
