import assert from "node:assert/strict";
import { addLeads, at, each, type OpenSandbox, openSandbox } from "../../support/sandbox_calls.ts";

const ASCENDING = { switches: { eventsOrder: "asc" } } as const;
const MARA = 10006348;
const OMAR = 10006351;

/** Types of the events that a query finds, in order. */
async function types(open: OpenSandbox, query: string): Promise<unknown[]> {
  const { status, body } = await open.call("GET", `/api/v4/events?${query}`);
  return status === 204 ? [] : each(body, "events", "type");
}

/** Code and path of the refusal that a query gets. */
async function refusal(open: OpenSandbox, query: string): Promise<unknown[]> {
  const { status, body } = await open.call("GET", `/api/v4/events?${query}`);
  const error = at(body, "validation-errors", 0, "errors", 0);
  return [status, at(error, "code"), at(error, "path")];
}

Deno.test('GET /events takes "from,to" of created_at as a range', async () => {
  const open = openSandbox(ASCENDING);
  const [id] = await addLeads(open, [{ name: "A" }]);
  for (const name of ["B", "C"]) {
    open.sandbox.clock.advance({ seconds: 10 });
    await open.call("PATCH", `/api/v4/leads/${id}`, { name });
  }
  const times = async (query: string) => {
    const { body } = await open.call("GET", `/api/v4/events?${query}`);
    return each(body, "events", "created_at");
  };
  assert.deepEqual(await times("filter[created_at]=1777593600,1777593610"), [
    1777593600,
    1777593610,
  ]);
  assert.deepEqual(await times("filter[created_at]=1777593610,1777593610"), [1777593610]);
  assert.deepEqual(await times("filter[created_at]=1777593610"), [1777593610, 1777593620]);
});

Deno.test("GET /events finds who was responsible before and after", async () => {
  const open = openSandbox(ASCENDING);
  const [id] = await addLeads(open, [{ name: "A" }]);
  for (const user of [MARA, OMAR]) {
    await open.call("PATCH", `/api/v4/leads/${id}`, { responsible_user_id: user });
  }
  const afters = async (query: string) => {
    const { status, body } = await open.call("GET", `/api/v4/events?${query}`);
    return status === 204 ? [] : each(body, "events", "value_after");
  };
  const after = (user: number) => [{ responsible_user: { id: user } }];
  assert.deepEqual(await afters(`filter[value_after][responsible_user_id]=${OMAR},1`), [
    after(OMAR),
  ]);
  assert.deepEqual(await afters(`filter[value_before][responsible_user_id]=${MARA}`), [
    after(OMAR),
  ]);
  assert.deepEqual(await afters("filter[value_after][responsible_user_id]=1"), []);
});

Deno.test("GET /events finds a choice by its enum, and any value by its text", async () => {
  const open = openSandbox(ASCENDING);
  const fields = await open.call("POST", "/api/v4/leads/custom_fields", [
    { name: "Kind", type: "select", enums: [{ value: "Sedan" }, { value: "SUV" }] },
  ]);
  const [kind] = each(fields.body, "custom_fields", "id");
  const [id] = await addLeads(open, [{ name: "A" }]);
  for (const value of ["Sedan", "SUV"]) {
    await open.call("PATCH", `/api/v4/leads/${id}`, {
      custom_fields_values: [{ field_id: kind, values: [{ value }] }],
    });
  }
  await open.call("PATCH", `/api/v4/leads/${id}`, { name: "B" });
  const type = `custom_field_${kind}_value_changed`;
  assert.deepEqual(await types(open, "filter[value_after][custom_field_values]=1209443"), [type]);
  assert.deepEqual(await types(open, "filter[value_before][custom_field_values]=1209446"), []);
  assert.deepEqual(await types(open, "filter[value_after][value]=SUV"), [type]);
  assert.deepEqual(await types(open, "filter[value_after][value]=B"), ["name_field_changed"]);
});

const REFUSED: Readonly<Record<string, readonly [string, string]>> = {
  "filter[value_after]=142": ["NotSupportedChoice", "filter.value_after"],
  "filter[value_after][leads_statuses]=142": [
    "NotSupportedChoice",
    "filter.value_after.leads_statuses",
  ],
  "filter[value_before][leads_statuses][0][status_id]=142": [
    "NotSupportedChoice",
    "filter.value_before.leads_statuses",
  ],
  "filter[value_after][responsible_user_id]=mara": [
    "NotSupportedChoice",
    "filter.value_after.responsible_user_id",
  ],
  "filter[value_after][colour]=red": ["FieldNotExpected", "filter.value_after.colour"],
  "filter[type]=custom_field_5_value_changed,lead_added": ["NotSupportedChoice", "filter.type"],
  "filter[created_by]=1,2,3,4,5,6,7,8,9,10,11": ["TooMany", "filter.created_by"],
  "filter[entity]=lead&filter[entity_id]=1,2,3,4,5,6,7,8,9,10,11": [
    "TooMany",
    "filter.entity_id",
  ],
  "filter[entity]=lead,contact&filter[entity_id]=1": ["NotSupportedChoice", "filter.entity"],
};

for (const [query, [code, path]] of Object.entries(REFUSED)) {
  Deno.test(`GET /events refuses "${query}"`, async () => {
    assert.deepEqual(await refusal(openSandbox(), query), [400, code, path]);
  });
}

Deno.test("GET /events takes ten ids, and one field's type on its own", async () => {
  const open = openSandbox();
  const ten = "filter[entity]=lead&filter[entity_id]=1,2,3,4,5,6,7,8,9,10";
  assert.equal((await open.call("GET", `/api/v4/events?${ten}`)).status, 204);
  const one = "filter[type]=custom_field_5_value_changed";
  assert.equal((await open.call("GET", `/api/v4/events?${one}`)).status, 204);
});

Deno.test("GET /events finds links under the older name of their type", async () => {
  const open = openSandbox();
  const contacts = await open.call("POST", "/api/v4/contacts", [{ name: "Ann" }]);
  const [ann] = each(contacts.body, "contacts", "id");
  const [lead] = await addLeads(open, [{ name: "A" }]);
  await open.call("POST", `/api/v4/leads/${lead}/link`, [
    { to_entity_id: ann, to_entity_type: "contacts" },
  ]);
  assert.deepEqual(await types(open, "filter[type]=lead_linked"), ["entity_linked"]);
  assert.deepEqual(await types(open, "filter[type]=contact_linked"), []);
});

Deno.test("elements tell that they came, changed and went, by their catalog", async () => {
  const open = openSandbox(ASCENDING);
  const catalogs = await open.call("POST", "/api/v4/catalogs", [{ name: "Cars" }]);
  const [cars] = each(catalogs.body, "catalogs", "id");
  const path = `/api/v4/catalogs/${cars}`;
  const fields = await open.call("POST", `${path}/custom_fields`, [{
    name: "RATE",
    type: "numeric",
  }]);
  const [rate] = each(fields.body, "custom_fields", "id");
  const created = await open.call("POST", `${path}/elements`, [{ name: "Car 1" }]);
  const [car] = each(created.body, "elements", "id");
  await open.call("PATCH", `${path}/elements/${car}`, {
    name: "Car 2",
    updated_by: MARA,
    custom_fields_values: [{ field_id: rate, values: [{ value: 250 }] }],
  });
  // A touch changes nothing, so it tells nothing.
  await open.call("PATCH", `${path}/elements/${car}`, { name: "Car 2" });
  const headers = { authorization: `Bearer ${open.sandbox.token}` };
  const form = `request[catalog_elements][delete][]=${car}`;
  await open.sandbox.fetch(
    new Request("https://rental.example/ajax/v1/catalog_elements/set/", {
      method: "POST",
      headers,
      body: form,
    }),
  );
  const query = `filter[entity]=catalog_${cars}&filter[entity_id]=${car}&with=catalog_element_name`;
  const { body } = await open.call("GET", `/api/v4/events?${query}`);
  assert.deepEqual(each(body, "events", "type"), [
    "catalog_element_added",
    "name_field_changed",
    `custom_field_${rate}_value_changed`,
    "catalog_element_deleted",
  ]);
  assert.deepEqual(each(body, "events", "created_by"), [0, MARA, MARA, 10006346]);
  const change = at(body, "_embedded", "events", 2);
  assert.deepEqual([at(change, "value_before"), at(change, "value_after")], [[], [{
    custom_field_value: {
      field_id: rate,
      field_type: 2,
      enum_id: null,
      text: "250",
      is_masked: false,
    },
  }]]);
  assert.deepEqual(at(change, "_embedded", "entity"), {
    id: car,
    name: "Car 2",
    _links: { self: { href: `https://rental.example${path}/elements/${car}` } },
  });
});

Deno.test("bareFieldEvents tells a change of a field a second time without the field's id", async () => {
  const open = openSandbox({ switches: { eventsOrder: "asc", bareFieldEvents: true } });
  const fields = await open.call("POST", "/api/v4/leads/custom_fields", [
    { name: "PLATE", type: "text" },
  ]);
  const [plate] = each(fields.body, "custom_fields", "id");
  const [id] = await addLeads(open, [{ name: "A" }]);
  await open.call("PATCH", `/api/v4/leads/${id}`, {
    custom_fields_values: [{ field_id: plate, values: [{ value: "DXB 1" }] }],
  });
  assert.deepEqual(await types(open, ""), [
    "lead_added",
    `custom_field_${plate}_value_changed`,
    "custom_field_value_changed",
  ]);
});

Deno.test("ignoredFilters makes lists take a filter, an order or a query and not heed it", async () => {
  const open = openSandbox();
  await addLeads(open, [{ name: "A", updated_at: 1000 }, { name: "B", updated_at: 2000 }]);
  const names = async (query: string) =>
    each((await open.call("GET", `/api/v4/leads?${query}`)).body, "leads", "name");
  const query = "filter[updated_at][from]=2000&order[id]=desc";
  assert.deepEqual(await names(query), ["B"]);
  open.sandbox.setSwitches({ ignoredFilters: ["updated_at"] });
  assert.deepEqual(await names(query), ["B", "A"]);
  open.sandbox.setSwitches({ ignoredFilters: ["updated_at", "order", "created_at"] });
  assert.deepEqual(await names(query), ["A", "B"]);
  assert.equal((await types(open, "filter[created_at][from]=9000000000")).length, 2);
  open.sandbox.setSwitches({ ignoredFilters: [] });
  assert.deepEqual(await names(query), ["B"]);
});
