import type { Logger } from "@logtape/logtape";
import { z } from "zod";
import { AmoError } from "./answers.ts";
import type { AmoClient } from "./client.ts";
import { type CustomField, findCarriers } from "./field_match.ts";
import { describeCarriers } from "./field_types.ts";
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
  // A bulk write answers with an object instead of a list, and other shapes say nothing of use here.
  enums: z.array(z.object({ id: z.int(), value: z.string() })).nullish().catch(null),
}).transform(({ enums, ...field }) => ({ ...field, ...enums ? { options: enums } : {} }));

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
 * Overrides win. Of several fields with the name those count whose type can carry the column, and of these the
 * one with the lowest id is taken, with a warning. An optional field that is missing, or of another type, is a
 * warning; required or overridden ones are one `AmoError`.
 */
export function resolveFields(
  entity: Entity,
  fields: readonly CustomField[],
  overrides: FieldOverrides,
  log: Logger,
): FieldsByColumn {
  checkOverrides(entity, overrides);
  const resolved: Record<string, { id: number; type: string }> = {};
  const problems: Problems = { missing: [], wrong: [] };
  for (const [column, wanted] of Object.entries(WANTED_FIELDS[entity])) {
    const override = overrides[column];
    const found = findCarriers(fields, wanted, override);
    const [field] = found.fields;
    const label = override === undefined ? `"${wanted.names[0]}"` : `"${override}" (AMO_FIELD_MAP)`;
    if (field && found.canCarry) {
      resolved[column] = { id: field.id, type: field.type };
      if (found.fields.length > 1) warnAboutTwins(found.fields, entity, label, log);
      continue;
    }
    const isNeeded = wanted.isRequired || override !== undefined;
    const type = field &&
      `is of type ${field.type} (id ${field.id}), expected ${describeCarriers(wanted.type)}`;
    if (isNeeded && type) problems.wrong.push(`${label} ${type}`);
    else if (isNeeded) problems.missing.push(label);
    else if (type || !wanted.isExtra) warnAboutEmpty(entity, label, type ?? "is missing", log);
  }
  if (problems.missing.length + problems.wrong.length > 0) throw toError(entity, problems);
  return resolved;
}

/** Labels of fields that are missing, and sentences about those that cannot carry their columns. */
interface Problems {
  readonly missing: string[];
  readonly wrong: string[];
}

function warnAboutEmpty(entity: Entity, label: string, found: string, log: Logger): void {
  log.warn(
    "The field {label} of {entity} {found}: its column stays empty; create it with {create}, or name the account's own in AMO_FIELD_MAP",
    {
      create: creation(entity),
      label,
      entity,
      found,
    },
  );
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

function toError(entity: Entity, { missing, wrong }: Problems): AmoError {
  const found = [
    ...missing.length === 0 ? [] : [
      `${
        missing.length === 1 ? "this field is missing" : `${missing.length} fields are missing`
      }: ${missing.join(", ")}, expected in the account`,
    ],
    ...wrong.length === 0 ? [] : [`the field ${wrong.join("; the field ")}`],
  ];
  return new AmoError(
    `Cannot extract ${entity}: ${found.join("; ")}: create with ${creation(entity)} ` +
      "or name the account's own in AMO_FIELD_MAP",
    null,
  );
}

/** What a person types to get the fields. */
function creation(entity: Entity): string {
  return `deno task helper_fields${entity === "leads" ? "" : " --all"}`;
}

function quoteAll(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
