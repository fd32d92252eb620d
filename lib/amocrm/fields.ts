import type { Logger } from "@logtape/logtape";
import { z } from "zod";
import type { AmoClient } from "./client.ts";
import { AmoError } from "./errors.ts";
import { listOf } from "./pages.ts";

/** The three things that are extracted. */
export type Entity = "leads" | "clients" | "cars";

/** A custom field as the account defines it. */
export interface CustomField {
  readonly id: number;
  readonly name: string;
  readonly code: string | null;
  /** "text", "numeric", "date", "date_time", "select", … */
  readonly type: string;
}

/** STG column to the field that fills it; a column without an entry stays null. */
export type FieldsByColumn = Readonly<
  Record<string, { readonly id: number; readonly type: string }>
>;

/** STG column to the name, code or numeric id of its field: `AMO_FIELD_MAP`. */
export type FieldOverrides = Readonly<Record<string, string | number>>;

interface WantedField {
  readonly names: readonly string[];
  readonly required: boolean;
}

const required = (...names: string[]): WantedField => ({ names, required: true });
const optional = (...names: string[]): WantedField => ({ names, required: false });

// Required is what the star schema is built from: without it a run would quietly open a version of every
// record with an emptied column. For cars that is the plate, by which leads find their car, and the model,
// by which reports name it; a client is found by licence and named by name. The rest only describes.
const WANTED: Readonly<Record<Entity, Readonly<Record<string, WantedField>>>> = {
  leads: {
    model: required("model", "car model"),
    plate: required("plate"),
    dailyrate: required("daily rate"),
    client_name: required("client name"),
    license: required("license"),
    rental_start: required("rental start"),
    rental_end: required("rental end"),
  },
  clients: {
    client_name: required("client name"),
    gender: optional("gender"),
    phone: optional("phone"),
    email: optional("email"),
    nationality: optional("nationality"),
    birth_date: optional("birth date"),
    license: required("license"),
  },
  cars: {
    model: required("model"),
    color: optional("color"),
    year: optional("year"),
    plate: required("plate"),
    vin: optional("vin"),
    dailyrate: optional("daily rate"),
  },
};

const fieldShape = z.object({
  id: z.int(),
  name: z.string(),
  code: z.string().nullish().transform((code) => code ?? null),
  type: z.string(),
});

/** Reads all custom fields below `path`, e.g. "/api/v4/leads" or "/api/v4/catalogs/7". */
export async function readCustomFields(client: AmoClient, path: string): Promise<CustomField[]> {
  const route = `${path}/custom_fields`;
  const fields: CustomField[] = [];
  for await (const page of client.pages(route, { limit: 250 })) {
    for (const entry of listOf(page, "custom_fields")) {
      const parsed = fieldShape.safeParse(entry);
      if (!parsed.success) {
        throw new AmoError(
          `Cannot read ${route}: a field has no id, name or type, expected all: check AMO_BASE_URL`,
          200,
        );
      }
      fields.push(parsed.data);
    }
  }
  return fields;
}

/**
 * Finds the field of each STG column by name or code, without regard to case, blanks, `_` and `-`.
 *
 * Overrides win. Of several fields with the name the one with the lowest id is taken, with a warning. An
 * optional field that is missing is a warning; required or overridden ones that are missing are one `AmoError`.
 */
export function resolveFields(
  entity: Entity,
  fields: readonly CustomField[],
  overrides: FieldOverrides,
  log: Logger,
): FieldsByColumn {
  checkOverrides(entity, overrides);
  const resolved: Record<string, { id: number; type: string }> = {};
  const missing: string[] = [];
  for (const [column, wanted] of Object.entries(WANTED[entity])) {
    const override = overrides[column];
    const matches = override === undefined
      ? findByNames(fields, wanted.names)
      : findOverride(fields, override);
    const [field] = matches;
    const label = override === undefined ? `"${wanted.names[0]}"` : `"${override}" (AMO_FIELD_MAP)`;
    if (field) resolved[column] = { id: field.id, type: field.type };
    else if (wanted.required || override !== undefined) missing.push(label);
    else {log.warn("The field {label} of {entity} is missing: its column stays empty", {
        label,
        entity,
      });}
    if (matches.length > 1) warnAboutTwins(matches, entity, label, log);
  }
  if (missing.length > 0) throw toMissingError(entity, missing);
  return resolved;
}

function findByNames(fields: readonly CustomField[], names: readonly string[]): CustomField[] {
  for (const name of names.map(fold)) {
    const matches = fields
      .filter((field) => fold(field.name) === name || fold(field.code ?? "") === name)
      .sort((a, b) => a.id - b.id);
    if (matches.length > 0) return matches;
  }
  return [];
}

function findOverride(fields: readonly CustomField[], wanted: string | number): CustomField[] {
  const matches = typeof wanted === "string" ? findByNames(fields, [wanted]) : [];
  if (matches.length > 0) return matches;
  return fields.filter((field) => String(field.id) === String(wanted).trim());
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/[\s_-]/gu, "");
}

function checkOverrides(entity: Entity, overrides: FieldOverrides): void {
  const columns = Object.keys(WANTED[entity]);
  const unknown = Object.keys(overrides).filter((column) => !columns.includes(column));
  if (unknown.length === 0) return;
  throw new AmoError(
    `Cannot resolve the fields of ${entity}: AMO_FIELD_MAP names ${quoteAll(unknown)}, ` +
      `expected some of ${columns.join(", ")}: correct the names`,
    null,
  );
}

function warnAboutTwins(
  matches: readonly CustomField[],
  entity: Entity,
  label: string,
  log: Logger,
): void {
  const ids = matches.map(({ id }) => id).join(", ");
  log.warn(
    "{count} fields of {entity} match {label} (ids {ids}): the one with the lowest id is read; AMO_FIELD_MAP can name another",
    { count: matches.length, entity, label, ids },
  );
}

function toMissingError(entity: Entity, labels: readonly string[]): AmoError {
  const found = labels.length === 1
    ? "this field is missing"
    : `${labels.length} fields are missing`;
  return new AmoError(
    `Cannot extract ${entity}: ${found}: ${labels.join(", ")}, expected in the account: ` +
      "create with loaders/helper_fields.ts or name the account's own in AMO_FIELD_MAP",
    null,
  );
}

function quoteAll(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
