import assert from "node:assert/strict";
import { addLeads, at, each, openSandbox } from "../../support/sandbox_calls.ts";

const NOT_EXPECTED = "This field was not expected.";

// [method, path, one item with a key that nobody knows, where that key is]
const UNKNOWN: readonly [string, string, object, string][] = [
  ["POST", "/api/v4/leads", { name: "A", colour: "red" }, "colour"],
  [
    "POST",
    "/api/v4/leads",
    { _embedded: { tags: [{ name: "VIP", request_id: "0" }] } },
    "_embedded.tags.0.request_id",
  ],
  [
    "POST",
    "/api/v4/leads",
    { _embedded: { contacts: [{ id: 1, name: "Ann" }] } },
    "_embedded.contacts.0.name",
  ],
  [
    "POST",
    "/api/v4/leads",
    { custom_fields_values: [{ field_id: 909789, value: "x" }] },
    "custom_fields_values.0.value",
  ],
  ["POST", "/api/v4/leads/complex", { name: "A", colour: "red" }, "colour"],
  ["PATCH", "/api/v4/leads", { id: 38004285, colour: "red" }, "colour"],
  ["POST", "/api/v4/leads/38004285/link", {
    to_entity_id: 1,
    to_entity_type: "contacts",
    entity: 1,
  }, "entity"],
  ["POST", "/api/v4/contacts", { name: "Ann", phone: "1" }, "phone"],
  ["POST", "/api/v4/companies", { name: "Lee Ltd", phone: "1" }, "phone"],
  ["POST", "/api/v4/catalogs", { name: "Cars", colour: "red" }, "colour"],
  ["POST", "/api/v4/leads/custom_fields", { name: "A", type: "text", size: 5 }, "size"],
  ["POST", "/api/v4/leads/custom_fields", {
    name: "A",
    type: "select",
    enums: [{ value: "x", colour: "red" }],
  }, "enums.0.colour"],
  ["POST", "/api/v4/leads/tags", { name: "VIP", size: 5 }, "size"],
  ["POST", "/api/v4/leads/loss_reasons", { name: "Too dear", size: 5 }, "size"],
  ["POST", "/api/v4/leads/pipelines", {
    name: "P",
    _embedded: { statuses: [{ name: "S", type: 0 }] },
  }, "_embedded.statuses.0.type"],
  ["POST", "/api/v4/leads/pipelines/7001061/statuses", { name: "S", size: 5 }, "size"],
];

for (const [method, path, item, unknown] of UNKNOWN) {
  Deno.test(`${method} ${path} refuses ${unknown} as not expected and writes nothing`, async () => {
    const open = openSandbox();
    await addLeads(open, [{ name: "A" }]);
    const { status, body } = await open.call(method, path, [item]);
    assert.equal(status, 400);
    assert.deepEqual(at(body, "validation-errors"), [{
      request_id: "0",
      errors: [{ code: "FieldNotExpected", path: unknown, detail: NOT_EXPECTED }],
    }]);
    assert.deepEqual(each((await open.call("GET", "/api/v4/leads")).body, "leads", "name"), ["A"]);
  });
}

Deno.test("POST of an element refuses an unknown key, and a patched one too", async () => {
  const open = openSandbox();
  const catalogs = await open.call("POST", "/api/v4/catalogs", [{ name: "Cars" }]);
  const path = `/api/v4/catalogs/${each(catalogs.body, "catalogs", "id")[0]}/elements`;
  const [id] = each((await open.call("POST", path, [{ name: "Car 1" }])).body, "elements", "id");
  for (
    const [method, item] of [["POST", { name: "B", vin: 1 }], ["PATCH", { id, vin: 1 }]] as const
  ) {
    const { body } = await open.call(method, path, [item]);
    assert.equal(at(body, "validation-errors", 0, "errors", 0, "path"), "vin");
  }
});

Deno.test("unknownKeys ignored takes what it knows of an item and drops the rest, values included", async () => {
  const open = openSandbox({ switches: { unknownKeys: "ignored" } });
  const fields = await open.call("POST", "/api/v4/leads/custom_fields", [
    { name: "PLATE", type: "text", settings: null },
  ]);
  const [plate] = each(fields.body, "custom_fields", "id");
  const [id] = await addLeads(open, [{
    name: "A",
    colour: "red",
    custom_fields_values: [{ field_id: plate, size: 1, values: [{ value: "x", enum_code: null }] }],
  }]);
  const { body } = await open.call("GET", `/api/v4/leads/${id}`);
  assert.equal(at(body, "name"), "A");
  assert.deepEqual(at(body, "custom_fields_values", 0, "values"), [{ value: "x" }]);
  const wrong = await open.call("POST", "/api/v4/leads", [{ colour: "red", price: "x" }]);
  assert.equal(at(wrong.body, "validation-errors", 0, "errors", 0, "path"), "price");
});

Deno.test("a lead that is sent back as it was read is taken, or refused with readOnlyKeys", async () => {
  const open = openSandbox();
  const fields = await open.call("POST", "/api/v4/leads/custom_fields", [
    { name: "PLATE", type: "text" },
  ]);
  const [plate] = each(fields.body, "custom_fields", "id");
  const [id] = await addLeads(open, [
    { name: "A", custom_fields_values: [{ field_id: plate, values: [{ value: "x" }] }] },
  ]);
  const { body } = await open.call("GET", `/api/v4/leads/${id}?with=catalog_elements`);
  // What amocrm-js sends on save().
  const sent = Object.fromEntries(
    ["id", "group_id", "is_deleted", "score", "account_id", "labor_cost", "custom_fields_values"]
      .map((key) => [key, at(body, key)]),
  );
  const patch = [{ ...sent, name: "B", _embedded: { tags: [], catalog_elements: [] } }];
  assert.equal((await open.call("PATCH", "/api/v4/leads", patch)).status, 200);
  open.sandbox.setSwitches({ readOnlyKeys: "refused" });
  const refused = await open.call("PATCH", "/api/v4/leads", patch);
  const errors = at(refused.body, "validation-errors", 0, "errors");
  const paths = Array.isArray(errors) ? errors.map((error) => at(error, "path")) : [];
  assert.deepEqual(paths.toSorted(), [
    "_embedded.catalog_elements",
    "account_id",
    "custom_fields_values.0.field_name",
    "custom_fields_values.0.field_type",
    "custom_fields_values.0.is_computed",
    "group_id",
    "is_deleted",
    "labor_cost",
    "score",
  ]);
});

Deno.test("links and linked people may carry null entity_id and entity_type, as the official client sends", async () => {
  const open = openSandbox();
  const contacts = await open.call("POST", "/api/v4/contacts", [{ name: "Ann" }]);
  const [contact] = each(contacts.body, "contacts", "id");
  const [lead] = await addLeads(open, [{ name: "A" }]);
  const link = {
    entity_id: null,
    entity_type: null,
    to_entity_id: contact,
    to_entity_type: "contacts",
    metadata: null,
  };
  const { status, body } = await open.call("POST", `/api/v4/leads/${lead}/link`, [link]);
  assert.equal(status, 200);
  assert.deepEqual(at(body, "_embedded", "links", 0, "entity_id"), lead);
  assert.equal((await open.call("POST", `/api/v4/leads/${lead}/unlink`, [link])).status, 204);
  const complex = await open.call("POST", "/api/v4/leads/complex", [{
    name: "B",
    request_id: "0",
    _embedded: { contacts: [{ first_name: "Bob", request_id: null }] },
  }]);
  assert.equal(complex.status, 200);
});
