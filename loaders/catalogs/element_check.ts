import { foldName } from "../../lib/amocrm/field_match.ts";
import { lookupKey } from "../../lib/landing/records/lookup_key.ts";
import type { FieldDefinition } from "../fields/field_definitions.ts";
import { ApiValue } from "./api_element.ts";
import type { ElementCatalog } from "./element_catalog.ts";
import { type Converted, isTextField, type SentValue, toSentValue } from "./field_value.ts";
import type { FileProblem, FileRecord, FileValue } from "./file_record.ts";
import { findMadeDate } from "./spreadsheet_traces.ts";

/** An element of a file in the terms of its catalog. */
export interface PlannedElement {
  readonly line: number;
  /** What it is known by, in the form in which keys are compared. */
  readonly key: string;
  /** The name that a new element gets; "" when the file says none, which will do for one that is there. */
  readonly name: string;
  /** Where the file would say the name. */
  readonly namePath: string;
  /** The file gives the name itself: that of an existing element is changed too. */
  readonly isNamed: boolean;
  readonly values: readonly PlannedValue[];
}

/** Values for a field; none where the file leaves it empty. */
export interface PlannedValue {
  readonly field: FieldDefinition;
  readonly values: readonly SentValue[];
}

/** Elements that can be sent, and what is wrong with the others. */
export interface CheckedFile {
  readonly elements: readonly PlannedElement[];
  readonly problems: readonly FileProblem[];
}

/** The name of the column that holds the name of an element, where no field is called so. */
const NAME = "name";

/** Checks every record against the catalog: its fields, their types, and that it is known by one key of its own. */
export function checkRecords(
  records: readonly FileRecord[],
  catalog: ElementCatalog,
  timeZone: string,
): CheckedFile {
  const problems: FileProblem[] = [];
  const lineOfKey = new Map<string, number>();
  const elements = records.flatMap((record) => {
    const found: FileProblem[] = [];
    const element = checkRecord(record, catalog, timeZone, found);
    const twin = lineOfKey.get(element.key);
    if (element.key !== "" && twin !== undefined) {
      found.push(toProblem(record, keyName(catalog), `is that of line ${twin} as well`));
    }
    problems.push(...found);
    if (found.length > 0) return [];
    lineOfKey.set(element.key, record.line);
    return [element];
  });
  return { elements, problems };
}

function checkRecord(
  record: FileRecord,
  catalog: ElementCatalog,
  timeZone: string,
  problems: FileProblem[],
): PlannedElement {
  const values: PlannedValue[] = [];
  let given = "";
  for (const value of record.values) {
    const field = findField(value, catalog);
    const refuse = (reason: string) =>
      problems.push({ line: value.line, path: value.path, reason });
    const isTwice = field !== undefined && values.some((one) => one.field === field);
    if (isTwice) refuse(`names the field "${field.name}" a second time`);
    else if (field) values.push(...checkValue(record, value, field, timeZone, refuse));
    else if (isName(value)) given = checkName(value, refuse);
    else refuse(`is no field of the catalog "${catalog.name}"`);
  }
  const textOf = (field: FieldDefinition | null) =>
    String(values.find((one) => one.field === field)?.values[0]?.value ?? "").trim();
  const name = given || textOf(catalog.nameField);
  const key = lookupKey(catalog.keyField ? textOf(catalog.keyField) : name);
  const has = (path: string) => problems.some((problem) => problem.path === path);
  if (key === "" && !record.values.some((value) => isOf(value, catalog) && has(value.path))) {
    problems.push(toProblem(record, keyName(catalog), "is missing"));
  }
  const namePath = toProblem(record, NAME, "").path;
  return { line: record.line, key, name, namePath, isNamed: given !== "", values };
}

/** Whether the value is of the field by which elements of the catalog are known. */
function isOf(value: FileValue, catalog: ElementCatalog): boolean {
  const { keyField } = catalog;
  return keyField === null ? isName(value) : findField(value, catalog) === keyField;
}

function findField({ names }: FileValue, catalog: ElementCatalog): FieldDefinition | undefined {
  return names.map((name) => catalog.fieldOf(name)).find((field) => field !== undefined);
}

function isName({ names }: FileValue): boolean {
  return names.some((name) => foldName(String(name)) === NAME);
}

const NAME_FIELD: FieldDefinition = {
  id: 0,
  name: NAME,
  code: null,
  type: "text",
  enums: null,
  isDeletable: false,
  raw: {},
};

/** The name that the file gives; "" for none. It is a text like those of fields. */
function checkName({ given }: FileValue, refuse: (reason: string) => void): string {
  const converted = toSentValue(NAME_FIELD, given[0], "UTC");
  if ("value" in converted) return String(converted.value?.value ?? "");
  refuse(converted.reason);
  return "";
}

function checkValue(
  { isTable }: FileRecord,
  { given }: FileValue,
  field: FieldDefinition,
  timeZone: string,
  refuse: (reason: string) => void,
): PlannedValue[] {
  const converted = given.map((one) =>
    one instanceof ApiValue
      ? fromApi(field, one, timeZone)
      : fromFile(field, one, timeZone, isTable)
  );
  const reasons = converted.flatMap((one) => "reason" in one ? [one.reason] : []);
  for (const reason of new Set(reasons)) refuse(reason);
  if (reasons.length > 0) return [];
  const values = converted.flatMap((one) =>
    "value" in one && one.value !== null ? [one.value] : []
  );
  return [{ field, values }];
}

function fromFile(
  field: FieldDefinition,
  given: unknown,
  timeZone: string,
  isTable: boolean,
): Converted {
  const madeDate = isTable && isTextField(field) ? findMadeDate(String(given)) : null;
  return madeDate === null ? toSentValue(field, given, timeZone) : { reason: madeDate };
}

/** A value in the form of the API: choices may be told by their ids, phones keep what kind they are. */
function fromApi(field: FieldDefinition, { item }: ApiValue, timeZone: string): Converted {
  const choice = field.enums?.find(({ id }) => id === item.enum_id);
  const converted = toSentValue(field, item.value ?? choice?.value, timeZone);
  if ("reason" in converted || converted.value === null) return converted;
  const isKind = field.type === "multitext" && typeof item.enum_code === "string";
  return { value: { ...converted.value, ...(isKind ? { enum_code: item.enum_code } : {}) } };
}

function keyName({ keyField }: ElementCatalog): string {
  return keyField?.name ?? NAME;
}

function toProblem(record: FileRecord, name: string, reason: string): FileProblem {
  const path = record.path === "" ? name : `${record.path}.${name}`;
  return { line: record.line, path, reason };
}
