// The same state has the same row_hash, whether the program writes it or a server does.
import assert from "node:assert/strict";
import fc from "fast-check";
import { hashRow } from "../../../lib/landing/records/row_hash.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { testOnEveryLocale } from "../../support/warehouses.ts";

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({
    unit: fc.constantFrom("\\", "\n", "n", "=", '"', "\r", "\u2028", "İ", "ß", "e\u0301"),
  }),
  fc.constantFrom("", " ", "NULL", "é", "é", "🚗", "Анна\\n"),
).filter((value) => value.isWellFormed() && !value.includes("\0"));
const digits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(..."0012345"), minLength: 1, maxLength });
/** A number as people write it: "+007.50". */
const number = fc.tuple(fc.constantFrom("", "-", "+"), digits(30), fc.option(digits(30))).map((
  [sign, whole, fraction],
) => `${sign}${whole}${fraction === null ? "" : `.${fraction}`}`);
const id = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const MICROSECONDS = { min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n };
const moment = fc.oneof(
  fc.bigInt(MICROSECONDS),
  fc.bigInt({ min: -62_135_596_800n, max: 253_402_300_799n }).map((seconds) =>
    seconds * 1_000_000n
  ),
).map((microseconds) => Temporal.Instant.fromEpochNanoseconds(microseconds * 1000n).toString());
const day = moment.map((instant) => instant.slice(0, 10));
const flag = { is_deleted: fc.boolean(), deleted_by: fc.constantFrom("event", "absence", null) };

/** Typed columns of a table, each with a value or without. */
const TABLES = {
  stg_leads: {
    pipeline_id: id,
    status_id: id,
    responsible_user_id: id,
    loss_reason_id: id,
    car_element_id: id,
    client_element_id: id,
    name: text,
    model: text,
    plate: text,
    client_name: text,
    license: text,
    budget: number,
    dailyrate: number,
    rental_start: moment,
    rental_end: moment,
    closed_at: moment,
    created_at: moment,
  },
  stg_clients: {
    client_name: text,
    gender: text,
    phone: text,
    email: text,
    nationality: text,
    license: text,
    birth_date: day,
    created_at: moment,
  },
  stg_cars: {
    model: text,
    color: text,
    plate: text,
    vin: text,
    year: fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }),
    dailyrate: number,
    in_fleet_from: day,
    in_fleet_to: day,
    created_at: moment,
  },
} as const;
const BOOKKEEPING = [
  "id",
  "updated_at",
  "payload",
  "row_hash",
  "observed_at",
  "run_id",
  "load_date",
];

type Table = keyof typeof TABLES;
type Row = Readonly<Record<string, string | number | boolean | null>>;

function rowOf(table: Table): fc.Arbitrary<Row> {
  const columns: Record<string, fc.Arbitrary<string | number>> = TABLES[table];
  const cells = Object.entries(columns).map(([name, value]) => [name, fc.option(value)] as const);
  return fc.record({ ...Object.fromEntries(cells), ...flag });
}

async function hashesOf({ sql }: Warehouse, table: Table, rows: readonly Row[]): Promise<string[]> {
  const found = await sql`
    select stg.row_hash(copies) as hash
    from jsonb_populate_recordset(null::stg.${sql(table)}, ${JSON.stringify(rows)}::jsonb) as copies
  `;
  return found.map(({ hash }) => String(hash));
}

for (const table of ["stg_leads", "stg_clients", "stg_cars"] as const) {
  testOnEveryLocale(`hashRow() is row_hash() of ${table}`, async (warehouse) => {
    await warehouse.sql`set time zone 'America/St_Johns'`;
    const numbers = new Set(["budget", "dailyrate"]);
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf(table), { minLength: 1, maxLength: 100 }), async (rows) => {
        assert.deepEqual(
          await hashesOf(warehouse, table, rows),
          rows.map((row) => hashRow(row, numbers)),
        );
      }),
      { numRuns: 15 },
    );
    const columns = await warehouse.sql`
      select column_name as name from information_schema.columns
      where table_schema = 'stg' and table_name = ${table} and is_identity = 'NO'
    `;
    assert.deepEqual(
      new Set(columns.map(({ name }) => name)),
      new Set([...Object.keys(TABLES[table]), ...Object.keys(flag), ...BOOKKEEPING]),
    );
  });
}
