import type { FieldsByColumn } from "../../amocrm/fields.ts";
import { parseDay, parseMoment, type TimeZones } from "./times.ts";
import { NOTHING, type Parsed, parseInteger, parseNumber, parseText } from "./values.ts";

/** What a custom field becomes: see values.ts and times.ts. */
export type ColumnKind = "text" | "number" | "integer" | "day" | "moment";

/** A typed cell of STG. */
export type Cell = string | number | null;

/** A value that did not parse: its column, what it was, and why. */
export interface RejectedValue {
  readonly field: string;
  readonly raw: string;
  readonly reason: string;
}

/** Collects the cells of one record, and what of it did not parse. */
export interface Cells {
  readonly values: Record<string, Cell>;
  readonly rejected: RejectedValue[];
}

/** The columns that hold numbers which may have a fraction. */
export function numbersOf(kinds: Readonly<Record<string, ColumnKind>>): readonly string[] {
  return Object.keys(kinds).filter((column) => kinds[column] === "number");
}

/** Puts a parsed value into its column, or null and a rejected value. */
export function setCell(cells: Cells, column: string, raw: unknown, parsed: Parsed<Cell>): void {
  if ("value" in parsed) {
    cells.values[column] = parsed.value;
    return;
  }
  cells.values[column] = null;
  const text = typeof raw === "string" ? raw : JSON.stringify(raw) ?? "undefined";
  cells.rejected.push({ field: column, raw: text, reason: parsed.reason });
}

/**
 * Fills one cell per column of `kinds` from `custom_fields_values`.
 *
 * Of a field with several values (phones, multiselect) the first one counts. amoCRM gives null, not an empty
 * list, when no field is filled, and leaves out a field that was cleared. Returns false when it is no list.
 */
export function setCustomCells(
  cells: Cells,
  customValues: unknown,
  kinds: Readonly<Record<string, ColumnKind>>,
  fields: FieldsByColumn,
  zones: TimeZones,
): boolean {
  const values = indexValues(customValues);
  if (values === null) return false;
  for (const [column, kind] of Object.entries(kinds)) {
    const field = fields[column];
    const raw = field && values.get(field.id);
    if (raw instanceof NoList) {
      setCell(cells, column, raw.json, { reason: "not a list of values" });
      continue;
    }
    const parsed = raw === undefined || field === undefined
      ? NOTHING
      : parseKind(kind, raw, field.type, zones);
    setCell(cells, column, raw, parsed);
  }
  return true;
}

function parseKind(kind: ColumnKind, raw: unknown, type: string, zones: TimeZones): Parsed<Cell> {
  switch (kind) {
    case "text":
      return parseText(raw);
    case "number":
      return parseNumber(raw);
    case "integer":
      return parseInteger(raw);
    case "day":
      return parseDay(raw, type, zones);
    case "moment":
      return parseMoment(raw, type, zones);
  }
}

/** The values of a field, as JSON, that should be a list and are none. */
class NoList {
  constructor(readonly json: string) {}
}

/** Field id to its first value; null when the list of fields is none. */
function indexValues(customValues: unknown): Map<unknown, unknown> | null {
  const byField = new Map<unknown, unknown>();
  if (customValues === null || customValues === undefined) return byField;
  if (!Array.isArray(customValues)) return null;
  for (const entry of customValues) {
    if (typeof entry !== "object" || entry === null) return null;
    const { field_id: id, values }: { field_id?: unknown; values?: unknown } = entry;
    if (values === null || values === undefined || byField.has(id)) continue;
    if (!Array.isArray(values)) byField.set(id, new NoList(JSON.stringify(values)));
    else if (values.length > 0) byField.set(id, firstValue(values[0]));
  }
  return byField;
}

// A value of an unknown form is kept whole, so that it is rejected with what it was.
function firstValue(item: unknown): unknown {
  if (typeof item !== "object" || item === null) return item;
  return "value" in item ? item.value : item;
}
