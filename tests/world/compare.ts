import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import type { Row } from "./oracle/tables.ts";

/** A row that is not as it should be; null: there is none. */
export interface Difference {
  readonly table: string;
  /** The key of the row, "lead_id=1, usage_date=2026-05-03". */
  readonly key: string;
  readonly expected: Row | null;
  readonly found: Row | null;
}

/** The keys by which rows are laid beside each other. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "stg.stg_leads": ["id", "observed_at", "row_hash"],
  "stg.stg_clients": ["id", "observed_at", "row_hash"],
  "stg.stg_cars": ["id", "observed_at", "row_hash"],
  "stg.stg_lead_events": ["id"],
  "stg.rejected": ["entity", "entity_id", "field", "raw"],
  "ods.ods_leads_hist": ["id", "valid_from"],
  "ods.ods_clients_hist": ["id", "valid_from"],
  "ods.ods_cars_hist": ["id", "valid_from"],
  "dds.dim_car": ["car_id"],
  "dds.dim_client": ["client_id"],
  "dds.fact_lead_status_change": [
    ...["lead_id", "change_ts", "from_pipeline_id", "from_status_id"],
    ...["to_pipeline_id", "to_status_id"],
  ],
  "dds.lead_first_status": ["lead_id"],
  "dds.fact_rentals": ["lead_id"],
  "dds.unresolved_link": ["lead_id", "kind", "key"],
  "dds.fact_fleet_usage_day": ["car_id", "usage_date"],
  "dds.dim_date": ["date_day"],
  "ops.watermark": ["name"],
};

/** Tables in the order in which rows come about: the first difference is the nearest to its cause. */
export const TABLES: readonly string[] = Object.keys(KEYS);

const MONEY = ["budget", "dailyrate", "amount", "amount_share"];
const MOMENT = /(_at|_ts)$|^valid_|^rental_(start|end)$/;

/** Every row of some tables, with times in unix seconds and money in millionths. */
export async function readTables(
  { sql }: Warehouse,
  tables: readonly string[],
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const selects = tables.map((table) =>
    `select '${table}' as name, (to_jsonb(t) - 'payload')::text as row from ${table} as t`
  );
  const rows = await sql.unsafe(selects.join(" union all "));
  const byTable = Map.groupBy(rows, ({ name }) => String(name));
  return new Map(tables.map((table) => [
    table,
    (byTable.get(table) ?? []).map(({ row }) => toRow(JSON.parse(String(row)))),
  ]));
}

function toRow(columns: Readonly<Record<string, unknown>>): Row {
  const cells = Object.entries(columns).map(([name, value]) => [name, toCell(name, value)]);
  return Object.fromEntries(cells);
}

function toCell(name: string, value: unknown): unknown {
  if (value === null) return null;
  if (MOMENT.test(name)) return Temporal.Instant.from(String(value)).epochMilliseconds / 1000;
  return MONEY.includes(name) ? Math.round(Number(value) * 1_000_000) : value;
}

/** The rows that differ in a column that is expected; a column that nobody expects is not looked at. */
export function findDifferences(
  table: string,
  expected: readonly Row[],
  found: readonly Row[],
): readonly Difference[] {
  const keyOf = (row: Row) => (KEYS[table] ?? []).map((name) => `${name}=${row[name]}`).join(", ");
  const left = new Map(expected.map((row) => [keyOf(row), row]));
  const right = new Map(found.map((row) => [keyOf(row), row]));
  return [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((key) => {
    const [wanted, there] = [left.get(key) ?? null, right.get(key) ?? null];
    if (wanted === null || there === null) return [{ table, key, expected: wanted, found: there }];
    const names = Object.keys(wanted).filter((name) => !isSame(wanted[name], there[name]));
    return names.length === 0
      ? []
      : [{ table, key, expected: only(wanted, names), found: only(there, names) }];
  });
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function only(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}
