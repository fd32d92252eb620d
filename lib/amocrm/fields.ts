import type { Logger } from "@logtape/logtape";
import { z } from "zod";
import { AmoError } from "./answers.ts";
import type { AmoClient } from "./client.ts";
import { type CustomField, findFields } from "./field_match.ts";
import { listOf } from "./pages.ts";
import { type Entity, WANTED_FIELDS } from "./wanted_fields.ts";

/** STG column to the field that fills it; a column without an entry stays null. */
export type FieldsByColumn = Readonly<
  Record<string, { readonly id: number; readonly type: string }>
>;

/** STG column to the name, code or numeric id of its field: `AMO_FIELD_MAP`. */
export type FieldOverrides = Readonly<Record<string, string | number>>;

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
  for (const [column, wanted] of Object.entries(WANTED_FIELDS[entity])) {
    const override = overrides[column];
    const matches = findFields(fields, wanted, override);
    const [field] = matches;
    const label = override === undefined ? `"${wanted.names[0]}"` : `"${override}" (AMO_FIELD_MAP)`;
    if (field) resolved[column] = { id: field.id, type: field.type };
    else if (wanted.isRequired || override !== undefined) missing.push(label);
    else {log.warn("The field {label} of {entity} is missing: its column stays empty", {
        label,
        entity,
      });}
    if (matches.length > 1) warnAboutTwins(matches, entity, label, log);
  }
  if (missing.length > 0) throw toMissingError(entity, missing);
  return resolved;
}

/** Throws `AmoError` when `AMO_FIELD_MAP` names columns that there are not. */
export function checkOverrides(entity: Entity, overrides: FieldOverrides): void {
  const columns = Object.keys(WANTED_FIELDS[entity]);
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
