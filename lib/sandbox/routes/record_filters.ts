import type { FieldOwner } from "../account/custom_fields.ts";
import { enumIdOf, type FieldValues, textsOf } from "../account/field_values.ts";
import type { World } from "../account/world.ts";
import { at, type BracketTree, integers, isWithin, range, texts } from "./bracket_query.ts";

/** Whether a row is wanted. */
export type Test<Row> = (row: Row) => boolean;

/** What leads, contacts and companies have in common. */
interface FilteredRecord {
  readonly id: number;
  readonly name: string;
  readonly fieldValues: FieldValues;
  readonly createdBy: number;
  readonly updatedBy: number;
  readonly responsibleUserId: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What `integerTests` reads of each of them. */
export const RECORD_INTEGERS: Readonly<Record<string, (record: FilteredRecord) => number>> = {
  id: (record) => record.id,
  created_by: (record) => record.createdBy,
  updated_by: (record) => record.updatedBy,
  responsible_user_id: (record) => record.responsibleUserId,
};

/** What `timeTests` reads of each of them. */
export const RECORD_TIMES: Readonly<Record<string, (record: FilteredRecord) => number | null>> = {
  created_at: (record) => record.createdAt,
  updated_at: (record) => record.updatedAt,
  closest_task_at: () => null,
};

/** `filter[NAME]`: one number, a comma list or several. */
export function integerTests<Row>(
  query: BracketTree,
  values: Readonly<Record<string, (row: Row) => number>>,
): Test<Row>[] {
  return Object.entries(values).flatMap(([name, valueOf]) => {
    const wanted = integers(at(query, "filter", name));
    if (wanted === undefined) return [];
    const set = new Set(wanted);
    return [(row: Row) => set.has(valueOf(row))];
  });
}

/** `filter[NAME][from]` and `[to]`. */
export function timeTests<Row>(
  query: BracketTree,
  values: Readonly<Record<string, (row: Row) => number | null>>,
): Test<Row>[] {
  return Object.entries(values).flatMap(([name, valueOf]): Test<Row>[] => {
    const node = at(query, "filter", name);
    // A bare number is accepted and finds nothing; only [from] and [to] work.
    if (typeof node === "string") return [() => false];
    const bounds = range(node);
    if (bounds === undefined) return [];
    return [(row) => {
      const value = valueOf(row);
      return value !== null && isWithin(value, bounds);
    }];
  });
}

/** `filter[name]`: whole names, without regard to case. */
export function nameTests<Row extends FilteredRecord>(query: BracketTree): Test<Row>[] {
  const node = at(query, "filter", "name");
  // A name may hold a comma, so a scalar is one name, not a list.
  const names = typeof node === "string" ? [node] : texts(node);
  if (names.length === 0) return [];
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return [(row) => wanted.has(row.name.toLowerCase())];
}

/** `filter[custom_fields_values][ID]`: values or enum ids, or `[from]`/`[to]` for numbers and dates. */
export function fieldTests<Row extends FilteredRecord>(
  world: World,
  owner: FieldOwner,
  query: BracketTree,
): Test<Row>[] {
  const node = at(query, "filter", "custom_fields_values");
  if (!(node instanceof Map)) return [];
  const fields = world.fields.of(owner);
  return [...node].flatMap(([id, condition]): Test<Row>[] => {
    const field = fields.get(Number(id));
    if (field === undefined) return [];
    const bounds = range(condition);
    const wanted = new Set(typeof condition === "string" ? [condition] : texts(condition));
    return [(row) => {
      const stored = row.fieldValues.get(field.id) ?? [];
      const shown = textsOf(field, stored);
      if (bounds !== undefined) return shown.some((text) => isWithin(Number(text), bounds));
      return shown.some((text) => wanted.has(text)) ||
        stored.some((value) => wanted.has(String(enumIdOf(value))));
    }];
  });
}

/** `query=` looks for a piece of text in the name and in the fields. */
export function queryTests<Row extends FilteredRecord>(
  world: World,
  owner: FieldOwner,
  query: BracketTree,
): Test<Row>[] {
  const node = query.get("query");
  if (typeof node !== "string" || node === "") return [];
  const wanted = node.toLowerCase();
  const fields = world.fields.of(owner);
  return [(row) =>
    row.name.toLowerCase().includes(wanted) || String(row.id) === wanted ||
    [...row.fieldValues].some(([id, stored]) => {
      const field = fields.get(id);
      if (field === undefined) return false;
      return textsOf(field, stored).some((text) => text.toLowerCase().includes(wanted));
    })];
}
