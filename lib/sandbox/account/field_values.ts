import {
  CHOICE_TYPES,
  type CustomField,
  type FieldOwner,
  type FieldStore,
} from "./custom_fields.ts";
import {
  fieldNotExpected,
  invalidType,
  type ItemError,
  notSupportedChoice,
  tooLong,
} from "./refusals.ts";
import type { Account } from "./account.ts";
import type { Switches } from "./switches.ts";

/** What decides how values of fields are read and shown. */
interface FieldWorld {
  readonly account: Account;
  readonly fields: FieldStore;
  readonly switches: Switches;
}

/** One value as it is kept: choices by enum, so that renaming an enum shows everywhere. */
export type StoredValue =
  | { readonly kind: "plain"; readonly value: unknown }
  | { readonly kind: "choice"; readonly enumId: number }
  | { readonly kind: "contact"; readonly value: string; readonly enumId: number }
  | { readonly kind: "object"; readonly object: object };

/** The values of one record by field id. */
export type FieldValues = Map<number, readonly StoredValue[]>;

/** A checked write: an empty list of values clears the field. */
export interface FieldWrite {
  readonly field: CustomField;
  readonly values: readonly StoredValue[];
}

/** One entry of `custom_fields_values` as a client sends it. */
export interface FieldValueInput {
  readonly field_id?: number | null | undefined;
  readonly field_code?: string | null | undefined;
  readonly values?: readonly Record<string, unknown>[] | null | undefined;
}

const NUMBER_TYPES: ReadonlySet<string> = new Set(["numeric", "monetary", "price"]);
const DATE_TYPES: ReadonlySet<string> = new Set(["date", "date_time", "birthday"]);
const DAY_TYPES: ReadonlySet<string> = new Set(["date", "birthday"]);
const TEXT_TYPES: ReadonlySet<string> = new Set([
  "text",
  "textarea",
  "url",
  "streetaddress",
  "tracking_data",
]);

// A textarea takes more.
const LIMITED_TYPES: ReadonlySet<string> = new Set(["text", "url", "streetaddress"]);

// As the official client sends them; other types take `value` alone.
const KEYS_OF_VALUES: Readonly<Record<string, readonly string[]>> = {
  select: ["value", "enum_id", "enum_code"],
  smart_address: ["value", "enum_id", "enum_code"],
  multitext: ["value", "enum_id", "enum_code"],
  radiobutton: ["value", "enum_id"],
  multiselect: ["value", "enum_id"],
  category: ["value", "enum_id"],
  chained_list: ["catalog_id", "catalog_element_id"],
};

/** Checks `custom_fields_values` against the owner's definitions; what is wrong is added to `errors`. */
export function readFieldWrites(
  world: FieldWorld,
  owner: FieldOwner,
  inputs: readonly FieldValueInput[],
  errors: ItemError[],
): FieldWrite[] {
  const fields = world.fields.of(owner);
  return inputs.flatMap((input, index) => {
    const path = `custom_fields_values.${index}`;
    const field = findField(fields, input);
    if (field === undefined) {
      const key = typeof input.field_id === "number" ? "field_id" : "field_code";
      errors.push(notSupportedChoice(`${path}.${key}`));
      return [];
    }
    const places = (input.values ?? []).map((value, position) => ({
      value,
      place: `${path}.values.${position}`,
    }));
    const values = places.map(({ value, place }) => readValue(world, field, value, place));
    const wrong = [
      ...places.flatMap(({ value, place }) => unexpectedKeys(world, field, value, place)),
      ...values.filter(isItemError),
    ];
    errors.push(...wrong);
    return wrong.length > 0 ? [] : [{ field, values: values.filter(isStored) }];
  });
}

function findField(
  fields: ReadonlyMap<number, CustomField>,
  input: FieldValueInput,
): CustomField | undefined {
  if (typeof input.field_id === "number") return fields.get(input.field_id);
  const code = input.field_code;
  if (code === undefined || code === null) return undefined;
  return [...fields.values()].find((field) => field.code === code);
}

/** Null stands for an empty text, which amoCRM takes as "no value". */
type ReadValue = StoredValue | ItemError | null;

function isItemError(read: ReadValue): read is ItemError {
  return read !== null && "code" in read;
}

function isStored(read: ReadValue): read is StoredValue {
  return read !== null && "kind" in read;
}

function readValue(
  world: FieldWorld,
  field: CustomField,
  input: Record<string, unknown>,
  path: string,
): ReadValue {
  const { value } = input;
  if (CHOICE_TYPES.has(field.type)) return readChoice(field, input, path);
  if (field.type === "multitext") return readContact(field, input, path);
  if (NUMBER_TYPES.has(field.type)) return readNumber(value, `${path}.value`);
  if (DATE_TYPES.has(field.type)) return readDate(world, field, value, `${path}.value`);
  if (TEXT_TYPES.has(field.type)) return readText(world, field, value, `${path}.value`);
  if (field.type === "checkbox") {
    if (typeof value !== "boolean") return invalidType(`${path}.value`, "bool");
    return { kind: "plain", value };
  }
  // Addresses, legal entities, items, files and chained lists are kept as they came.
  return { kind: "object", object: input };
}

/** The keys that a written value may have; everything else is refused, even with null. */
function unexpectedKeys(
  world: FieldWorld,
  field: CustomField,
  input: Record<string, unknown>,
  path: string,
): ItemError[] {
  if (world.switches.unknownKeys === "ignored") return [];
  const known = KEYS_OF_VALUES[field.type] ?? ["value"];
  return Object.keys(input).filter((key) => !known.includes(key))
    .map((key) => fieldNotExpected(`${path}.${key}`));
}

function readText(world: FieldWorld, field: CustomField, value: unknown, path: string): ReadValue {
  const { maxTextLength, refusedText } = world.switches;
  if (typeof value !== "string") return invalidType(path, "string");
  if (value === refusedText) return notSupportedChoice(path);
  const isLimited = LIMITED_TYPES.has(field.type) && maxTextLength !== null;
  if (isLimited && [...value].length > maxTextLength) return tooLong(path, maxTextLength);
  return value === "" ? null : { kind: "plain", value };
}

function readChoice(field: CustomField, input: Record<string, unknown>, path: string): ReadValue {
  const key =
    ["enum_id", "enum_code", "value"].find((name) =>
      input[name] !== undefined && input[name] !== null
    ) ?? "value";
  const wanted = input[key];
  const choice = field.enums?.find((candidate) =>
    key === "enum_id"
      ? candidate.id === wanted
      : key === "enum_code"
      ? candidate.code === wanted
      : candidate.value === wanted
  );
  if (choice === undefined) return notSupportedChoice(`${path}.${key}`);
  return { kind: "choice", enumId: choice.id };
}

function readContact(field: CustomField, input: Record<string, unknown>, path: string): ReadValue {
  const { value, enum_id: enumId, enum_code: enumCode } = input;
  if (typeof value !== "string") return invalidType(`${path}.value`, "string");
  if (value === "") return null;
  const hasId = typeof enumId === "number";
  const choice = field.enums?.find(({ id, code }) =>
    hasId ? id === enumId : code === (enumCode ?? "WORK")
  );
  if (choice === undefined) {
    return notSupportedChoice(`${path}.${hasId ? "enum_id" : "enum_code"}`);
  }
  return { kind: "contact", value, enumId: choice.id };
}

/** Numbers may be sent as numbers or as text; they are always read back as text. */
function readNumber(value: unknown, path: string): ReadValue {
  if (value === "") return null;
  const isText = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value.trim());
  const isNumber = typeof value === "number" && Number.isFinite(value);
  if (!isText && !isNumber) return invalidType(path, "numeric");
  return { kind: "plain", value: String(value).trim() };
}

/** Dates may be sent as unix seconds or RFC 3339; a plain day means midnight of the account's zone. */
function readDate(world: FieldWorld, field: CustomField, value: unknown, path: string): ReadValue {
  if (value === "") return null;
  const seconds = toSeconds(value, world.account.timezone);
  if (seconds === undefined) return invalidType(path, "int");
  const isDay = DAY_TYPES.has(field.type) && world.switches.fieldDatesAtMidnight;
  return { kind: "plain", value: isDay ? midnightOf(seconds, world.account.timezone) : seconds };
}

function toSeconds(value: unknown, timezone: string): number | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? value : undefined;
  if (typeof value !== "string") return undefined;
  if (/^-?\d+$/.test(value)) return Number(value);
  try {
    const instant = /^\d{4}-\d{2}-\d{2}$/.test(value)
      ? Temporal.PlainDate.from(value).toZonedDateTime(timezone).toInstant()
      : Temporal.Instant.from(value);
    return Math.floor(instant.epochMilliseconds / 1000);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function midnightOf(seconds: number, timezone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(timezone);
  return Math.floor(local.startOfDay().epochMilliseconds / 1000);
}

/** Writes checked values into a record; true when something is different afterwards. */
export function applyFieldWrite(target: FieldValues, write: FieldWrite): boolean {
  const before = target.get(write.field.id) ?? [];
  if (JSON.stringify(before) === JSON.stringify(write.values)) return false;
  if (write.values.length === 0) target.delete(write.field.id);
  else target.set(write.field.id, write.values);
  return true;
}

/** `custom_fields_values` as records carry it: null, not an empty list, when no field has a value. */
export function renderFieldValues(
  world: FieldWorld,
  owner: FieldOwner,
  values: FieldValues,
): object[] | null {
  if (values.size === 0) return null;
  const fields = world.fields.of(owner);
  const rendered = [...fields.values()].flatMap((field) => {
    const stored = values.get(field.id);
    return stored === undefined ? [] : [renderFieldValue(world, field, stored)];
  });
  return rendered.length === 0 ? null : rendered;
}

function renderFieldValue(
  world: FieldWorld,
  field: CustomField,
  stored: readonly StoredValue[],
): object {
  return {
    field_id: field.id,
    field_name: field.name,
    field_code: field.code,
    field_type: field.type,
    values: stored.map((value) => renderValue(world, field, value)),
    is_computed: false,
  };
}

function renderValue(world: FieldWorld, field: CustomField, stored: StoredValue): object {
  if (stored.kind === "object") return stored.object;
  if (stored.kind === "plain") return { value: renderPlain(world, field, stored.value) };
  const choice = field.enums?.find((candidate) => candidate.id === stored.enumId);
  const value = stored.kind === "contact" ? stored.value : choice?.value ?? "";
  return { value, enum_id: stored.enumId, enum_code: choice?.code ?? null };
}

function renderPlain(world: FieldWorld, field: CustomField, value: unknown): unknown {
  const isDate = DATE_TYPES.has(field.type) && typeof value === "number";
  if (!isDate || world.switches.fieldDatesAs === "seconds") return value;
  return Temporal.Instant.fromEpochMilliseconds(value * 1000)
    .toZonedDateTimeISO(world.account.timezone)
    .toString({ timeZoneName: "never", fractionalSecondDigits: 0 });
}

/** The values as text, for searching and for the event feed. */
export function textsOf(field: CustomField, stored: readonly StoredValue[]): string[] {
  return stored.map((value) => {
    if (value.kind === "object") return JSON.stringify(value.object);
    if (value.kind === "choice") {
      return field.enums?.find((choice) => choice.id === value.enumId)?.value ?? "";
    }
    return String(value.value);
  });
}

/** The enum behind a value, or null. */
export function enumIdOf(stored: StoredValue): number | null {
  return "enumId" in stored ? stored.enumId : null;
}
