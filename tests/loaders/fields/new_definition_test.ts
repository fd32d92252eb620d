import assert from "node:assert/strict";
import { toBareDefinition, toNewDefinition } from "../../../loaders/fields/new_definition.ts";
import { toWritten } from "../../../loaders/fields/value_restore.ts";

/** A definition as accounts give it. */
const SAVED = {
  id: 7,
  name: "Extras",
  type: "select",
  code: null,
  sort: 512,
  is_api_only: false,
  is_deletable: true,
  is_predefined: false,
  account_id: 1,
  group_id: "leads_1",
  required_statuses: [{ status_id: 142, pipeline_id: 3 }],
  hidden_statuses: [{ status_id: 143, pipeline_id: 3 }],
  remind: null,
  triggers: [],
  currency: "RUB",
  chained_lists: null,
  tracking_callback: null,
  settings: [{ name: "x" }],
  entity_type: "leads",
  enums: [{ id: 1, value: "Child seat", sort: 3, code: null }, {
    id: 2,
    value: "GPS",
    code: "GPS",
  }],
};

Deno.test("toNewDefinition() sends what a POST of fields takes, and no more", () => {
  assert.deepEqual(toNewDefinition(SAVED), {
    name: "Extras",
    type: "select",
    enums: [{ value: "Child seat", sort: 3 }, { value: "GPS", code: "GPS" }],
    sort: 512,
    is_api_only: false,
    group_id: "leads_1",
    required_statuses: [{ status_id: 142, pipeline_id: 3 }],
  });
});

Deno.test("toNewDefinition() sends a currency for money alone", () => {
  const { enums: _, ...money } = { ...SAVED, type: "monetary", required_statuses: [], sort: null };
  assert.deepEqual(toNewDefinition(money), {
    name: "Extras",
    type: "monetary",
    is_api_only: false,
    group_id: "leads_1",
    currency: "RUB",
  });
});

Deno.test("toBareDefinition() leaves out what may have gone", () => {
  assert.deepEqual(toBareDefinition(SAVED), {
    name: "Extras",
    type: "select",
    enums: [{ value: "Child seat", sort: 3 }, { value: "GPS", code: "GPS" }],
  });
});

const READ = { value: "a", enum_id: 5, enum_code: null };
const WRITTEN: readonly (readonly [string, object, object])[] = [
  ["radiobutton", READ, { value: "a" }],
  ["multiselect", READ, { value: "a" }],
  ["select", READ, { value: "a" }],
  ["select", { ...READ, enum_code: "A" }, { value: "a", enum_code: "A" }],
  ["multitext", { ...READ, enum_code: "WORK" }, { value: "a", enum_code: "WORK" }],
  ["smart_address", { value: "a", enum_id: 1, enum_code: "city" }, {
    value: "a",
    enum_id: 1,
    enum_code: "city",
  }],
  ["text", { value: "a", enum_code: null, is_masked: false }, { value: "a" }],
  ["chained_list", { catalog_id: 1, catalog_element_id: 2 }, {
    catalog_id: 1,
    catalog_element_id: 2,
  }],
];

for (const [type, read, written] of WRITTEN) {
  Deno.test(`toWritten() writes ${JSON.stringify(read)} of type ${type} without what is refused`, () => {
    assert.deepEqual(toWritten(type, read), written);
  });
}
