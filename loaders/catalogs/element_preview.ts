import { maskPersonalData, PERSONAL_FIELDS } from "../../lib/log/masking.ts";
import type { FieldDefinition } from "../fields/field_definitions.ts";
import type { ElementCatalog } from "./element_catalog.ts";
import type { ElementChange } from "./element_import.ts";
import { formatValue } from "./field_value.ts";

/** What a change makes of an element: each value before and after, and what it empties called so. */
export function describeChange(
  change: ElementChange,
  catalog: ElementCatalog,
  timeZone: string,
): string {
  const { id, element, name, before, values } = change;
  const show = (field: FieldDefinition, items: readonly unknown[]) => {
    const texts = items.map((item) => formatValue(field, item, timeZone));
    return showAll(texts, isPersonal(field, catalog));
  };
  const parts = [
    ...(name === null ? [] : [
      `name ${showAll([before.name], catalog.isOfPeople)} -> ${
        showAll([name], catalog.isOfPeople)
      }`,
    ]),
    ...values.map(({ field, values: after }) =>
      `${field.name} ${show(field, before.values.get(field.id) ?? [])} -> ${show(field, after)}`
    ),
  ];
  return `line ${element.line}, element ${id}: ${parts.join("; ")}`;
}

/** How many values of which fields are emptied: "3 (Phone 1, Email 2)"; null when none is. */
export function describeEmptied(changes: readonly ElementChange[]): string | null {
  const counts = new Map<string, number>();
  for (const { field, values } of changes.flatMap((change) => change.values)) {
    if (values.length === 0) counts.set(field.name, (counts.get(field.name) ?? 0) + 1);
  }
  if (counts.size === 0) return null;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return `${total} (${[...counts].map(([name, count]) => `${name} ${count}`).join(", ")})`;
}

/** Fields of people that tell nobody who they are. */
const COMMON_FIELDS = /^(gender|nationality)$/i;

/** Whether a value is masked: of a person all but what they share with many, else by the name of the field. */
function isPersonal(field: FieldDefinition, { isOfPeople }: ElementCatalog): boolean {
  if (isOfPeople) return !COMMON_FIELDS.test(field.name);
  return field.type === "multitext" || field.type === "birthday" ||
    PERSONAL_FIELDS.some((pattern) => pattern.test(field.name));
}

function showAll(texts: readonly string[], isMasked: boolean): string {
  if (texts.length === 0 || texts.every((text) => text === "")) return "(empty)";
  return texts.map((text) => `"${isMasked ? mask(text) : maskPersonalData(text)}"`).join(", ");
}

/** The last two characters of a longer text are left, so that two values can be told apart. */
function mask(text: string): string {
  return [...text].length < 8 ? "***" : `***${[...text].slice(-2).join("")}`;
}
