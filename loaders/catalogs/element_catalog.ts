import { readCatalogs, wantedCatalog } from "../../lib/amocrm/catalogs.ts";
import { findFields, foldName } from "../../lib/amocrm/field_match.ts";
import { findAllByNameOrId, findByNameOrId } from "../../lib/amocrm/find_by_name.ts";
import { WANTED_FIELDS } from "../../lib/amocrm/wanted_fields.ts";
import { type AmoSettings, ConfigError } from "../../lib/config.ts";
import type { LoaderSession } from "../account/loader_command.ts";
import { type FieldDefinition, readFieldDefinitions } from "../fields/field_definitions.ts";

/** A catalog that elements are imported into. */
export interface ElementCatalog {
  readonly id: number;
  readonly name: string;
  /** By whose value an element is known again; null: by the element's own name. */
  readonly keyField: FieldDefinition | null;
  /** Whose value is the name of an element for which a file gives none. */
  readonly nameField: FieldDefinition | null;
  /** Its elements are clients, whose values are personal. */
  readonly isOfPeople: boolean;
  /** The field that a file means by a name, a code or an id. */
  fieldOf(name: string | number): FieldDefinition | undefined;
}

/** Of which column the value is what cars and clients are known by, and what they are called. */
const COLUMNS = {
  cars: { key: "plate", name: "model" },
  clients: { key: "license", name: "client_name" },
} as const;

type Known = keyof typeof COLUMNS;

/**
 * Finds a catalog by name or id and reads its fields. Throws `AmoError` when there is not exactly one,
 * `ConfigError` when the catalog of cars or clients lacks the field that they are known by.
 */
export async function openCatalog(
  { client, settings }: Pick<LoaderSession, "client" | "settings">,
  nameOrId: string,
): Promise<ElementCatalog> {
  const catalogs = await readCatalogs(client);
  const { id, name } = findByNameOrId(catalogs, {
    kind: "catalog",
    nameOrId,
    setting: "--catalog",
  });
  const fields = await readFieldDefinitions(client, `/api/v4/catalogs/${id}`);
  const known = (["cars", "clients"] as const).find((entity) =>
    findAllByNameOrId(catalogs, wantedCatalog(settings, entity).nameOrId).some((one) =>
      one.id === id
    )
  );
  const byName = (wanted: string | number) => findByName(fields, wanted);
  if (!known) {
    return { id, name, keyField: null, nameField: null, isOfPeople: false, fieldOf: byName };
  }
  const byColumn = (wanted: string) => findByColumn(fields, settings, known, wanted);
  return {
    id,
    name,
    keyField: requireField(byColumn(COLUMNS[known].key), name, COLUMNS[known].key),
    nameField: requireField(byColumn(COLUMNS[known].name), name, COLUMNS[known].name),
    isOfPeople: known === "clients",
    fieldOf: (wanted) =>
      (typeof wanted === "string" ? byColumn(wanted) : undefined) ?? byName(wanted),
  };
}

/** Which of the two known catalogs elements with fields of these names belong into; null when it does not show. */
export function guessCatalog(
  settings: AmoSettings,
  fieldNames: readonly (string | number)[],
): string | null {
  const names = fieldNames.map((name) => foldName(String(name)));
  const has = (entity: Known) => names.includes(foldName(COLUMNS[entity].key));
  if (has("cars") === has("clients")) return null;
  return has("cars") ? settings.carsCatalog : settings.clientsCatalog;
}

function findByName(
  fields: readonly FieldDefinition[],
  name: string | number,
): FieldDefinition | undefined {
  if (typeof name === "number") return fields.find(({ id }) => id === name);
  const wanted = foldName(name);
  return fields.find((field) => foldName(field.name) === wanted) ??
    fields.find((field) => foldName(field.code ?? "") === wanted);
}

function findByColumn(
  fields: readonly FieldDefinition[],
  settings: AmoSettings,
  entity: Known,
  name: string,
): FieldDefinition | undefined {
  const column = Object.keys(WANTED_FIELDS[entity]).find((one) => foldName(one) === foldName(name));
  const wanted = column === undefined ? undefined : WANTED_FIELDS[entity][column];
  if (column === undefined || wanted === undefined) return undefined;
  const [found] = findFields(fields, wanted, settings.fieldMap[entity][column]);
  return fields.find(({ id }) => id === found?.id);
}

function requireField(
  field: FieldDefinition | undefined,
  catalog: string,
  column: string,
): FieldDefinition {
  if (field) return field;
  throw new ConfigError(
    `Cannot import into the catalog "${catalog}": it has no field for "${column}", expected one: ` +
      "create it with deno task helper_fields --all --yes, or name it in AMO_FIELD_MAP",
  );
}
