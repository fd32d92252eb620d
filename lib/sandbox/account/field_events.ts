import type { CustomField } from "./custom_fields.ts";
import { enumIdOf, type StoredValue, textsOf } from "./field_values.ts";
import type { World } from "./world.ts";

// The feed numbers field types as the second version of the API did. 7 and above are commonly cited, not
// confirmed; date_time is a guess.
const TYPE_NUMBERS: Readonly<Record<string, number>> = {
  text: 1,
  numeric: 2,
  checkbox: 3,
  select: 4,
  multiselect: 5,
  date: 6,
  url: 7,
  multitext: 8,
  textarea: 9,
  radiobutton: 10,
  streetaddress: 11,
  smart_address: 13,
  birthday: 14,
  legal_entity: 15,
  items: 16,
  date_time: 19,
};

/** Records that a field of an entity changed, under the name that carries the field's id. */
export function recordFieldChange(
  world: World,
  entity: { readonly entityId: number; readonly entityType: string; readonly createdBy: number },
  field: CustomField,
  before: readonly StoredValue[],
  after: readonly StoredValue[],
): void {
  if (world.switches.missingEventTypes.includes("custom_field_value_changed")) return;
  const values = { before: describe(field, before), after: describe(field, after) };
  world.events.record({ ...entity, type: `custom_field_${field.id}_value_changed`, ...values });
  if (world.switches.bareFieldEvents) {
    world.events.record({ ...entity, type: "custom_field_value_changed", ...values });
  }
}

function describe(field: CustomField, values: readonly StoredValue[]): object[] {
  const shown = textsOf(field, values);
  return values.map((value, index) => ({
    custom_field_value: {
      field_id: field.id,
      field_type: TYPE_NUMBERS[field.type] ?? 1,
      enum_id: enumIdOf(value),
      text: shown[index] ?? "",
      is_masked: false,
    },
  }));
}
