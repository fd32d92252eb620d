import { foldName } from "../../lib/amocrm/field_match.ts";
import { lookupKey } from "../../lib/landing/records/lookup_key.ts";
import type { ElementCatalog } from "./element_catalog.ts";
import type { FileProblem, FileRecord } from "./element_file.ts";
import type { FieldDefinition } from "../fields/field_definitions.ts";
import { type SentValue, toSentValue } from "./field_value.ts";

/** An element of a file in the terms of its catalog. */
export interface PlannedElement {
  readonly line: number;
  /** What it is known by, in the form in which keys are compared. */
  readonly key: string;
  /** The name that a new element gets. */
  readonly name: string;
  /** The file gives the name itself: that of an existing element is changed too. */
  readonly isNamed: boolean;
  readonly values: readonly PlannedValue[];
}

/** A value for a field; null clears it. */
export interface PlannedValue {
  readonly field: FieldDefinition;
  readonly value: SentValue | null;
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
  for (const [name, raw] of Object.entries(record.values)) {
    const field = catalog.fieldOf(name);
    const isTwice = field !== undefined && values.some((one) => one.field === field);
    if (isTwice) problems.push(toProblem(record, name, `is the field "${field.name}" once more`));
    else if (field) values.push(...checkValue(record, name, raw, field, timeZone, problems));
    else if (foldName(name) === NAME) given = String(raw ?? "").trim();
    else problems.push(toProblem(record, name, `is no field of the catalog "${catalog.name}"`));
  }
  const textOf = (field: FieldDefinition | null) =>
    String(values.find((one) => one.field === field)?.value?.value ?? "").trim();
  const name = given || textOf(catalog.nameField);
  const key = lookupKey(catalog.keyField ? textOf(catalog.keyField) : name);
  if (key === "") problems.push(toProblem(record, keyName(catalog), "is missing"));
  else if (name === "") problems.push(toProblem(record, NAME, "is missing"));
  return { line: record.line, key, name, isNamed: given !== "", values };
}

function checkValue(
  record: FileRecord,
  name: string,
  raw: unknown,
  field: FieldDefinition,
  timeZone: string,
  problems: FileProblem[],
): PlannedValue[] {
  const converted = toSentValue(field, raw, timeZone);
  if ("value" in converted) return [{ field, value: converted.value }];
  problems.push(toProblem(record, name, converted.reason));
  return [];
}

function keyName({ keyField }: ElementCatalog): string {
  return keyField?.name ?? NAME;
}

function toProblem(record: FileRecord, name: string, reason: string): FileProblem {
  const path = record.path === "" ? name : `${record.path}.${name}`;
  return { line: record.lineOf(name), path, reason };
}
