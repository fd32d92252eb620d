import { type CustomField, findCarriers } from "../../lib/amocrm/field_match.ts";
import { checkOverrides, readCustomFields } from "../../lib/amocrm/fields.ts";
import { type Entity, WANTED_FIELDS, type WantedField } from "../../lib/amocrm/wanted_fields.ts";
import { ConfigError } from "../../lib/config.ts";
import { createAll, type NamedList } from "../account/creation.ts";
import type { LoaderSession } from "../account/loader_command.ts";
import type { SetupLine } from "../account/setup_line.ts";

/** What setting up an account takes of a session. */
export type Setup = Pick<LoaderSession, "client" | "writer" | "settings">;

/** Whose fields they are: leads, or the elements of a catalog. */
export interface FieldOwner {
  readonly entity: Entity;
  /** "/api/v4/leads", "/api/v4/catalogs/7" */
  readonly path: string;
  /** It was just created, or would have been: nothing of it can be read. */
  readonly isNew: boolean;
}

/** A field that `AMO_FIELD_MAP` or the program names. */
interface FieldToHave {
  readonly name: string;
  readonly type: string;
  readonly wanted: WantedField;
  readonly override: string | number | undefined;
}

/**
 * Makes sure that the fields the pipeline reads are there; creates what is missing, also beside a field of the name
 * whose type cannot carry the column, and warns when one has another type. Never renames or deletes. Throws
 * `ConfigError` when `AMO_FIELD_MAP` names an id that is not there.
 */
export async function ensureFields(setup: Setup, owner: FieldOwner): Promise<SetupLine[]> {
  const overrides = setup.settings.fieldMap[owner.entity];
  checkOverrides(owner.entity, overrides);
  const existing = owner.isNew ? [] : await readCustomFields(setup.client, owner.path);
  const all = Object.entries(WANTED_FIELDS[owner.entity])
    .filter(([column, { isExtra }]) => !isExtra || overrides[column] !== undefined)
    .map(([column, wanted]) => toFieldToHave(wanted, overrides[column]));
  const missing = all.filter((field) => !hasField(existing, field));
  refuseMissingIds(owner, missing);
  const there = all.flatMap((field) =>
    hasField(existing, field)
      ? toExistingLine(kindOf(owner), field, fieldsFor(existing, field)) ?? []
      : []
  );
  return [...there, ...await createAll(setup.writer, fieldList(setup, owner), missing)];
}

function toFieldToHave(wanted: WantedField, override: string | number | undefined): FieldToHave {
  const name = override === undefined ? wanted.label : String(override);
  return { name, type: wanted.type, wanted, override };
}

function fieldsFor(existing: readonly CustomField[], field: FieldToHave): readonly CustomField[] {
  return findCarriers(existing, field.wanted, field.override).fields;
}

/** Whether the account has a field that the pipeline can read; one that was named by its id just has to be there. */
function hasField(existing: readonly CustomField[], field: FieldToHave): boolean {
  const { fields, canCarry } = findCarriers(existing, field.wanted, field.override);
  return canCarry || (fields.length > 0 && isId(field.override));
}

function isId(override: string | number | undefined): boolean {
  return /^\d+$/.test(String(override ?? ""));
}

function refuseMissingIds(owner: FieldOwner, missing: readonly FieldToHave[]): void {
  const ids = missing.filter(({ override }) => isId(override));
  if (ids.length === 0) return;
  throw new ConfigError(
    `Cannot set up the fields of ${owner.entity}: AMO_FIELD_MAP names ` +
      `${
        ids.map(({ name }) => name).join(", ")
      }, expected ids of fields that are there, or names: ` +
      "correct AMO_FIELD_MAP",
  );
}

function fieldList(setup: Setup, owner: FieldOwner): NamedList<FieldToHave> {
  return {
    kind: kindOf(owner),
    what: `fields of ${owner.entity}`,
    path: `${owner.path}/custom_fields`,
    collection: "custom_fields",
    toBody: ({ name, type }) => ({ name, type }),
    describe: ({ name, type }) => `${kindOf(owner)} "${name}" (${type})`,
    findWritten: async (fields) => {
      const now = await readCustomFields(setup.client, owner.path);
      return new Map(fields.flatMap((field) => {
        const [found] = fieldsFor(now, field);
        return found && hasField(now, field) ? [[field, found.id] as const] : [];
      }));
    },
  };
}

function kindOf(owner: FieldOwner): string {
  return `field of ${owner.entity}`;
}

function toExistingLine(
  kind: string,
  field: FieldToHave,
  [found, ...twins]: readonly CustomField[],
): SetupLine | null {
  if (!found) return null;
  const notes = [
    ...(found.type === field.type ? [] : [`is of type ${found.type}, expected ${field.type}`]),
    ...(twins.length === 0
      ? []
      : [`has ${twins.length} of the same name beside it (ids ${
        twins.map(({ id }) => id).join(", ")
      })`]),
  ];
  const line = { kind, name: found.name, id: found.id, state: "there" } as const;
  return notes.length === 0 ? line : { ...line, warning: `${notes.join(" and ")}: left as it is` };
}
