import type { FieldsByColumn } from "../../amocrm/fields.ts";
import type { Cell, Cells, RejectedValue } from "./columns.ts";
import { toMarkerRow } from "./marker.ts";
import { hashRow } from "./row_hash.ts";
import { makeStorable, type Replaced } from "./storable.ts";
import { parseSeconds, type TimeZones } from "./times.ts";

/** What a parser must know about the account. */
export interface RecordContext {
  readonly fields: FieldsByColumn;
  readonly zones: TimeZones;
  /** Ids of the catalogs whose elements a lead can be linked to; only leads need them. */
  readonly carsCatalogId: number | null;
  readonly clientsCatalogId: number | null;
}

/** A row for STG: its typed columns by name, and the columns that every STG table has. */
export interface StgRow {
  readonly [column: string]: Cell | boolean | object;
}

/** A record as a row, with the values of it that did not parse. */
export interface ParsedRecord {
  readonly row: StgRow;
  readonly id: number;
  readonly rejected: readonly RejectedValue[];
}

/** A record that cannot land at all: kept whole, with the reason. */
export interface RejectedRecord {
  readonly row: null;
  readonly id: number | null;
  readonly raw: string;
  readonly reason: string;
}

/**
 * Parses one record that was observed at an ISO instant. `isStorable` when it is known to hold no text that
 * PostgreSQL refuses, so that nobody has to look.
 */
export type RecordParser = (
  record: unknown,
  observedAt: string,
  isStorable?: boolean,
) => ParsedRecord | RejectedRecord;

/** What differs between leads, clients and cars. */
export interface RecordShape {
  /** All typed columns except id and times; a deleted record has null in each. */
  readonly columns: readonly string[];
  /** Those of `columns` that hold numbers which may have a fraction. */
  readonly numbers: ReadonlySet<string>;
  /** Fills the cells of a live record; returns a reason when it cannot. */
  fill(cells: Cells, record: Readonly<Record<string, unknown>>): string | null;
}

/**
 * Makes the parser of a shape: everything that leads, clients and cars have in common.
 *
 * A record needs a whole positive `id` and an `updated_at`. A deleted one is a bare marker (amoCRM empties such
 * records): no typed column, only its own `updated_at`, or the time of observation where it has none.
 */
export function createParser(shape: RecordShape, context: RecordContext): RecordParser {
  return (given, observedAt, isStorable = false) => {
    const { value, replaced } = isStorable ? { value: given, replaced: [] } : makeStorable(given);
    if (!isRecord(value)) return reject(given, null, "not an object");
    const { id } = value;
    if (typeof id !== "number" || !Number.isSafeInteger(id) || id <= 0) {
      return reject(given, null, "no whole id");
    }
    const notes = replaced.map((text) => toNote(text, value, context.fields));
    if (value.is_deleted === true) {
      return { row: toDeletedRow(shape, id, value, observedAt), id, rejected: notes };
    }
    const updated = parseSeconds(value.updated_at);
    if (!("value" in updated) || updated.value === null) return reject(given, id, "no updated_at");
    const cells: Cells = { values: {}, rejected: [] };
    const reason = shape.fill(cells, value);
    if (reason !== null) return reject(given, id, reason);
    const typed = { ...cells.values, is_deleted: false, deleted_by: null };
    const row = {
      id,
      ...typed,
      updated_at: updated.value,
      payload: value,
      row_hash: hashRow(typed, shape.numbers),
      observed_at: observedAt,
    };
    return { row, id, rejected: [...notes, ...cells.rejected] };
  };
}

function toDeletedRow(
  shape: RecordShape,
  id: number,
  record: Readonly<Record<string, unknown>>,
  observedAt: string,
): StgRow {
  const empty = Object.fromEntries(shape.columns.map((column) => [column, null]));
  const updated = parseSeconds(record.updated_at);
  const updatedAt = "value" in updated && updated.value !== null ? updated.value : observedAt;
  const deletion = {
    id,
    deletedBy: "only_deleted",
    observedAt,
    updatedAt,
    payload: record,
  } as const;
  return { ...empty, created_at: null, ...toMarkerRow(deletion) };
}

/** A record that cannot land, kept whole. */
export function reject(record: unknown, id: number | null, reason: string): RejectedRecord {
  // As JSON even when it is a text, whose characters PostgreSQL might not hold.
  return { row: null, id, raw: JSON.stringify(record), reason };
}

/** Whether it is an object with members, and no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names a replaced text by the column it went into, or else by its place in the record. */
function toNote(
  { path, raw }: Replaced,
  record: Readonly<Record<string, unknown>>,
  fields: FieldsByColumn,
): RejectedValue {
  const [list, position] = path;
  const entries = record.custom_fields_values;
  const entry: unknown = list === "custom_fields_values" && Array.isArray(entries)
    ? entries[Number(position)]
    : undefined;
  const column = isRecord(entry)
    ? Object.keys(fields).find((name) => fields[name]?.id === entry.field_id)
    : undefined;
  const reason = "characters that PostgreSQL cannot hold were replaced by U+FFFD";
  return { field: column ?? path.join("."), raw, reason };
}
