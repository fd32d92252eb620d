import { canCarry } from "./field_types.ts";
import type { WantedField } from "./wanted_fields.ts";

/** The name as it is compared: without regard to case, blanks, `_` and `-`. */
export function foldName(name: string): string {
  return name.normalize("NFKC").toLowerCase().replace(/[\s_-]/gu, "");
}

/**
 * The fields that could be the wanted one and whose type can carry its column; when there are none, those whose
 * type cannot.
 */
export function findCarriers<Field extends CustomField>(
  fields: readonly Field[],
  wanted: WantedField,
  override: string | number | undefined,
): { readonly fields: readonly Field[]; readonly canCarry: boolean } {
  const found = findFields(fields, wanted, override);
  const carriers = found.filter(({ type }) => canCarry(wanted.type, type));
  return carriers.length > 0
    ? { fields: carriers, canCarry: true }
    : { fields: found, canCarry: false };
}

/**
 * All fields that could be the wanted one, by name or code, or by what `AMO_FIELD_MAP` says instead (which
 * may be an id as well). More than one when the account has twins; the lowest id first.
 */
export function findFields<Field extends CustomField>(
  fields: readonly Field[],
  wanted: WantedField,
  override: string | number | undefined,
): Field[] {
  return override === undefined
    ? findByNames(fields, wanted.names)
    : findOverride(fields, override);
}

function findByNames<Field extends CustomField>(
  fields: readonly Field[],
  names: readonly string[],
): Field[] {
  for (const name of names.map(foldName)) {
    const matches = fields
      .filter((field) => foldName(field.name) === name || foldName(field.code ?? "") === name)
      .sort((a, b) => a.id - b.id);
    if (matches.length > 0) return matches;
  }
  return [];
}

function findOverride<Field extends CustomField>(
  fields: readonly Field[],
  wanted: string | number,
): Field[] {
  const matches = typeof wanted === "string" ? findByNames(fields, [wanted]) : [];
  if (matches.length > 0) return matches;
  return fields.filter((field) => String(field.id) === String(wanted).trim());
}

/** A custom field as the account defines it. */
export interface CustomField {
  readonly id: number;
  readonly name: string;
  readonly code: string | null;
  /** "text", "numeric", "date", "date_time", "select", … */
  readonly type: string;
  /** What one can choose, where it is a field to choose from. */
  readonly options?: readonly { readonly id: number; readonly value: string }[];
}
