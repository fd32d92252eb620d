import { findFields } from "../amocrm/field_match.ts";
import { type Entity, WANTED_FIELDS } from "../amocrm/wanted_fields.ts";

/** Stands for a value that is not shown. */
export const MASK = "•••";

/** Columns of stg and ods that tell of a person; a lead is mostly named after its client. */
const PERSONAL_COLUMNS: Readonly<Record<Entity, ReadonlySet<string>>> = {
  leads: new Set(["name", "client_name", "license"]),
  clients: new Set([
    "client_name",
    "gender",
    "phone",
    "email",
    "nationality",
    "birth_date",
    "license",
  ]),
  cars: new Set([]),
};

/** Whether a column of the history tells of a person. */
export function isPersonalColumn(entity: Entity, column: string): boolean {
  return PERSONAL_COLUMNS[entity].has(column);
}

/** Keys whose values are numbers or yes and no that tell of no person. */
const PLAIN_VALUES: ReadonlySet<string> = new Set([
  ...["id", "lead_id", "catalog_id", "field_id", "account_id", "pipeline_id", "status_id"],
  ...["responsible_user_id", "group_id", "loss_reason_id", "source_id", "price_id"],
  ...["created_by", "updated_by", "created_at", "updated_at", "closed_at", "closest_task_at"],
  ...["price", "price_with_minor_units", "is_price_computed", "is_price_modified_by_robot"],
  ...["score", "labor_cost", "quantity", "is_deleted", "is_main", "is_unsorted"],
]);

/** Keys whose texts are the account's own words for fields and kinds, not what people filled in. */
const PLAIN_TEXTS: ReadonlySet<string> = new Set([
  "field_name",
  "field_code",
  "field_type",
  "type",
]);

/** Keys below which it goes on by the same rules. */
const CONTAINERS: ReadonlySet<string> = new Set([
  ...["_embedded", "tags", "contacts", "companies", "catalog_elements", "loss_reason", "source"],
  ...["metadata", "values", "lead_status", "entity", "note", "task", "responsible_user"],
]);

/**
 * A record as amoCRM gave it, or a side of an event, with the names of its fields and the values of those that
 * tell of no person: ids, numbers, statuses, times, and custom fields that feed a column of that sort. Everything
 * else is masked, whatever it may be.
 */
export function maskPayload(entity: Entity, payload: unknown): unknown {
  return maskPart(entity, payload);
}

function maskPart(entity: Entity, part: unknown): unknown {
  if (Array.isArray(part)) return part.map((one: unknown) => maskPart(entity, one));
  if (!isObject(part)) return maskScalar(part);
  return mapValues(part, (key, value) => maskValue(entity, key, value));
}

/** A key that is no name of a field may be data itself. */
function mapValues(
  part: Readonly<Record<string, unknown>>,
  change: (key: string, value: unknown) => unknown,
): unknown {
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) =>
      /^[a-z_][a-z0-9_]*$/i.test(key) ? [key, change(key, value)] : [MASK, MASK]
    ),
  );
}

function maskValue(entity: Entity, key: string, value: unknown): unknown {
  if (value === null) return null;
  if (key === "custom_fields_values" && Array.isArray(value)) {
    return value.map((field: unknown) => maskField(entity, field));
  }
  if (PLAIN_VALUES.has(key) && (typeof value === "number" || typeof value === "boolean")) {
    return value;
  }
  if (PLAIN_TEXTS.has(key) && typeof value === "string") return value;
  return CONTAINERS.has(key) && typeof value === "object" ? maskPart(entity, value) : MASK;
}

function maskScalar(value: unknown): unknown {
  return value === null ? null : MASK;
}

/** A custom field: its name, and its values where they feed a column that tells of no person. */
function maskField(entity: Entity, field: unknown): unknown {
  if (!isObject(field)) return maskScalar(field);
  const isPlain = feedsPlainColumn(entity, field);
  return Object.fromEntries(
    Object.entries(field).map(([key, value]) => [
      key,
      key === "values" ? isPlain ? keepValues(value) : MASK : maskValue(entity, key, value),
    ]),
  );
}

/** A value and the choice that it is; what else an account's field may carry beside it stays masked. */
function keepValues(values: unknown): unknown {
  if (!Array.isArray(values)) return MASK;
  return values.map((one: unknown) => {
    if (!isObject(one)) return MASK;
    return mapValues(one, (key, value) => {
      const isKept = key === "value" || key === "enum_id" || key === "enum_code";
      return isKept && !isCompound(value) ? value : MASK;
    });
  });
}

function feedsPlainColumn(entity: Entity, field: Readonly<Record<string, unknown>>): boolean {
  const { field_id: id, field_name: name, field_code: code, field_type: type } = field;
  if (typeof id !== "number" || typeof name !== "string") return false;
  const known = {
    id,
    name,
    code: typeof code === "string" ? code : null,
    type: typeof type === "string" ? type : "",
  };
  const columns = Object.entries(WANTED_FIELDS[entity])
    .filter(([, wanted]) => findFields([known], wanted, undefined).length > 0)
    .map(([column]) => column);
  return columns.length > 0 && !columns.some((column) => isPersonalColumn(entity, column));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCompound(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
