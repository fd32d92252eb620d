import { type CustomField, findCarriers } from "../amocrm/field_match.ts";
import type { FieldOverrides } from "../amocrm/fields.ts";
import type { Pipeline } from "../amocrm/pipelines.ts";
import { type Entity, WANTED_FIELDS } from "../amocrm/wanted_fields.ts";

import { makeStorable } from "./records/storable.ts";

/** A field, an option of one, a pipeline or a stage, as the account had it at a time. */
export interface SchemaEntry {
  readonly kind: "field" | "option" | "pipeline" | "stage";
  /** Its id; of an option or a stage that of its field or pipeline before it: "7:12". */
  readonly key: string;
  readonly name: string;
  /** Of fields alone, like the next. */
  readonly type: string | null;
  readonly code: string | null;
}

/** What is there now and was not, or was and is not, or was otherwise. */
export interface SchemaChange {
  readonly change: "appeared" | "vanished" | "changed";
  readonly before: SchemaEntry | null;
  readonly now: SchemaEntry | null;
}

/** The column that each field fills, by its id: what `resolveFields` chooses. */
export type ColumnsByField = ReadonlyMap<string, string>;

/** The fields of an account, and the options of those that fill a column. */
export function toSchema(
  fields: readonly CustomField[],
  filled: Readonly<Record<string, { readonly id: number }>>,
): SchemaEntry[] {
  const ids = new Set(Object.values(filled).map(({ id }) => id));
  return fields.flatMap(({ id, name, type, code, options = [] }) => [
    { kind: "field" as const, key: String(id), name: clean(name), type, code: code && clean(code) },
    ...ids.has(id)
      ? options.map((option) => ({
        kind: "option" as const,
        key: `${id}:${option.id}`,
        name: clean(option.value),
        type: null,
        code: null,
      }))
      : [],
  ]);
}

/** All pipelines of an account with their stages. */
export function toStageSchema(pipelines: readonly Pipeline[]): SchemaEntry[] {
  const entry = { type: null, code: null };
  return pipelines.flatMap(({ id, name, statuses }) => [
    { ...entry, kind: "pipeline" as const, key: String(id), name: clean(name) },
    ...statuses.map((status) => ({
      ...entry,
      kind: "stage" as const,
      key: `${id}:${status.id}`,
      name: clean(status.name),
    })),
  ]);
}

/** PostgreSQL gives it back as it was, so that it can be compared. */
function clean(text: string): string {
  return String(makeStorable(text).value);
}

/**
 * The differences between two moments, in the order of now. None against an empty past, which is the first look; and
 * what came or went with its field or pipeline is not told beside it.
 */
export function compareSchemas(
  past: readonly SchemaEntry[],
  present: readonly SchemaEntry[],
): SchemaChange[] {
  if (past.length === 0) return [];
  const [before, now] = [past, present].map(byPlace);
  if (!before || !now) return [];
  const parents = [past, present].map((entries) => new Set(entries.map(parentOf)));
  const isKnown = (entry: SchemaEntry) =>
    parentOf(entry) === null || parents.every((known) => known.has(parentOf(entry)));
  const appeared = present.filter((entry) => !before.has(placeOf(entry)) && isKnown(entry))
    .map((entry) => ({ change: "appeared" as const, before: null, now: entry }));
  const vanished = past.filter((entry) => !now.has(placeOf(entry)) && isKnown(entry))
    .map((entry) => ({ change: "vanished" as const, before: entry, now: null }));
  const changed = present.flatMap((entry) => {
    const old = before.get(placeOf(entry));
    return old && describeEntry(old) !== describeEntry(entry)
      ? [{ change: "changed" as const, before: old, now: entry }]
      : [];
  });
  return [...appeared, ...changed, ...vanished];
}

/** For messages: `"Plate" (text)`. */
export function describeEntry({ name, type }: SchemaEntry): string {
  return `"${name}"${type === null ? "" : ` (${type})`}`;
}

/** Which fields fill which columns when these are all there are. */
export function mapColumns(
  entity: Entity,
  entries: readonly SchemaEntry[],
  overrides: FieldOverrides,
): ColumnsByField {
  const fields = entries.filter(({ kind }) => kind === "field")
    .map(({ key, name, code, type }) => ({ id: Number(key), name, code, type: type ?? "" }));
  return new Map(
    Object.entries(WANTED_FIELDS[entity]).flatMap(([column, wanted]) => {
      const { fields: [field], canCarry } = findCarriers(fields, wanted, overrides[column]);
      return field && canCarry ? [[String(field.id), column] as const] : [];
    }),
  );
}

/** Whether an option of a field that fills a column has another name: no lead shows that by its `updated_at`. */
export function hasRenamedOption(
  past: readonly SchemaEntry[],
  present: readonly SchemaEntry[],
): boolean {
  return compareSchemas(past, present).some(({ change, now }) =>
    change === "changed" && now?.kind === "option"
  );
}

function byPlace(entries: readonly SchemaEntry[]): ReadonlyMap<string, SchemaEntry> {
  return new Map(entries.map((entry) => [placeOf(entry), entry]));
}

function placeOf({ kind, key }: SchemaEntry): string {
  return `${kind} ${key}`;
}

/** The field or pipeline that it belongs to, of which there are options or stages; null when it belongs to none. */
function parentOf({ key }: SchemaEntry): string | null {
  const end = key.indexOf(":");
  return end < 0 ? null : key.slice(0, end);
}
