import assert from "node:assert/strict";
import {
  addLeads,
  at,
  each,
  type OpenSandbox,
  openSandbox,
  ORIGIN,
} from "../../support/sandbox_calls.ts";

const MARA = 10006348;
const OMAR = 10006351;

/** Names that a query of contacts finds, in order; null for a 204. */
async function names(open: OpenSandbox, query: string, kind = "contacts"): Promise<unknown> {
  const { status, body } = await open.call("GET", `/api/v4/${kind}?${query}`);
  return status === 204 ? null : each(body, kind, "name");
}

/** Creates contacts and returns their ids. */
async function add(open: OpenSandbox, kind: string, items: readonly object[]): Promise<number[]> {
  const { body } = await open.call("POST", `/api/v4/${kind}`, items);
  return each(body, kind, "id").map(Number);
}

Deno.test("POST of a contact keeps names, tags and people, and GET shows it whole", async () => {
  const open = openSandbox();
  const [id] = await add(open, "contacts", [{
    first_name: "Ann",
    last_name: "Lee",
    responsible_user_id: MARA,
    created_by: OMAR,
    created_at: 1700000000,
    updated_at: 1700000600,
    _embedded: { tags: [{ name: "VIP" }] },
  }]);
  const { body } = await open.call("GET", `/api/v4/contacts/${id}`);
  assert.deepEqual(body, {
    id: 67000467,
    name: "Ann Lee",
    first_name: "Ann",
    last_name: "Lee",
    responsible_user_id: MARA,
    group_id: 0,
    created_by: OMAR,
    updated_by: OMAR,
    created_at: 1700000000,
    updated_at: 1700000600,
    closest_task_at: null,
    is_deleted: false,
    custom_fields_values: null,
    account_id: 31000783,
    _links: { self: { href: `${ORIGIN}/api/v4/contacts/67000467` } },
    _embedded: { tags: [{ id: 307952, name: "VIP", color: null }], companies: [] },
  });
});

Deno.test("PATCH of a contact changes one part of its name, adds a tag and tells what changed", async () => {
  const open = openSandbox({ switches: { eventsOrder: "asc" } });
  const [id] = await add(open, "contacts", [{ first_name: "Ann", last_name: "Lee" }]);
  open.sandbox.clock.advance({ minutes: 1 });
  await open.call("PATCH", `/api/v4/contacts/${id}`, {
    last_name: "Ray",
    responsible_user_id: OMAR,
    tags_to_add: [{ name: "Late" }],
  });
  const { body } = await open.call("GET", `/api/v4/contacts/${id}`);
  assert.deepEqual(
    ["name", "first_name", "last_name", "responsible_user_id", "updated_at"]
      .map((key) => at(body, key)),
    ["Ann Ray", "Ann", "Ray", OMAR, 1777593660],
  );
  assert.deepEqual(each(body, "tags", "name"), ["Late"]);
  const events = await open.call("GET", "/api/v4/events?filter[entity]=contact");
  assert.deepEqual(each(events.body, "events", "type"), [
    "contact_added",
    "name_field_changed",
    "entity_responsible_changed",
    "entity_tag_added",
  ]);
  const wrong = await open.call("PATCH", `/api/v4/contacts/${id}`, { responsible_user_id: 1 });
  assert.equal(
    at(wrong.body, "validation-errors", 0, "errors", 0, "path"),
    "responsible_user_id",
  );
});

Deno.test("contacts, companies and leads have lists of tags of their own", async () => {
  const open = openSandbox();
  await add(open, "contacts", [{ name: "Ann", _embedded: { tags: [{ name: "VIP" }] } }]);
  await open.call("POST", "/api/v4/companies/tags", [{ name: "Partner" }]);
  const tags = async (owner: string) => {
    const { status, body } = await open.call("GET", `/api/v4/${owner}/tags`);
    return status === 204 ? null : each(body, "tags", "name");
  };
  assert.deepEqual([await tags("contacts"), await tags("companies"), await tags("leads")], [
    ["VIP"],
    ["Partner"],
    null,
  ]);
});

const FILTERS: Readonly<Record<string, readonly string[] | null>> = {
  "filter[name]=zoe": ["Zoe"],
  "filter[name][]=Zoe&filter[name][]=Ann Lee": ["Zoe", "Ann Lee"],
  "filter[responsible_user_id]=10006348": ["Ann Lee"],
  "filter[created_by][]=10006351": ["Zoe"],
  "filter[updated_by]=1": null,
  "filter[created_at][from]=150": ["Ann Lee"],
  "filter[updated_at][from]=1000&filter[updated_at][to]=1000": ["Zoe"],
  "filter[updated_at]=1000": null,
  "filter[closest_task_at][from]=0": null,
  "filter[id][]=67000467": ["Zoe"],
  "query=%2B97150": ["Ann Lee"],
  "filter[colour]=red": ["Zoe", "Ann Lee"],
};

for (const [query, expected] of Object.entries(FILTERS)) {
  Deno.test(`GET /contacts filters by "${query}"`, async () => {
    const open = openSandbox();
    const phone = { field_code: "PHONE", values: [{ value: "+971500000000" }] };
    await add(open, "contacts", [
      { name: "Zoe", created_by: OMAR, created_at: 100, updated_at: 1000 },
      {
        name: "Ann Lee",
        responsible_user_id: MARA,
        created_at: 200,
        updated_at: 2000,
        custom_fields_values: [phone],
      },
    ]);
    assert.deepEqual(await names(open, query), expected);
  });
}

Deno.test("GET /contacts filters by the value of a field", async () => {
  const open = openSandbox();
  const fields = await open.call("POST", "/api/v4/contacts/custom_fields", [
    { name: "City", type: "text" },
  ]);
  const [city] = each(fields.body, "custom_fields", "id");
  await add(open, "contacts", [
    { name: "Ann", custom_fields_values: [{ field_id: city, values: [{ value: "Dubai" }] }] },
    { name: "Bob", custom_fields_values: [{ field_id: city, values: [{ value: "Sharjah" }] }] },
  ]);
  assert.deepEqual(await names(open, `filter[custom_fields_values][${city}][]=Dubai`), ["Ann"]);
});

Deno.test("contacts and companies are linked to leads and to each other, and shown on request", async () => {
  const open = openSandbox();
  const [lead] = await addLeads(open, [{ name: "A" }]);
  const [ann] = await add(open, "contacts", [{ name: "Ann" }]);
  const [firm] = await add(open, "companies", [{ name: "Lee Ltd" }]);
  const to = (id: unknown, type: string) => ({ to_entity_id: id, to_entity_type: type });
  const linked = await open.call("POST", `/api/v4/contacts/${ann}/link`, [
    to(lead, "leads"),
    to(firm, "companies"),
  ]);
  assert.deepEqual(at(linked.body, "_embedded", "links"), [
    { entity_id: ann, entity_type: "contacts", ...to(lead, "leads"), metadata: null },
    { entity_id: ann, entity_type: "contacts", ...to(firm, "companies"), metadata: null },
  ]);
  await open.call("POST", "/api/v4/companies/link", [{ entity_id: firm, ...to(lead, "leads") }]);

  const contact = await open.call("GET", `/api/v4/contacts/${ann}?with=leads,catalog_elements`);
  const self = (path: string) => ({ self: { href: `${ORIGIN}/api/v4/${path}` } });
  assert.deepEqual(at(contact.body, "_embedded"), {
    tags: [],
    companies: [{ id: firm, _links: self(`companies/${firm}`) }],
    leads: [{ id: lead, _links: self(`leads/${lead}`) }],
    catalog_elements: [],
  });
  const company = await open.call("GET", `/api/v4/companies/${firm}?with=leads,contacts`);
  assert.deepEqual(at(company.body, "_embedded"), {
    tags: [],
    leads: [{ id: lead, _links: self(`leads/${lead}`) }],
    contacts: [{ id: ann, _links: self(`contacts/${ann}`) }],
  });
  const links = async (path: string) =>
    at((await open.call("GET", `/api/v4/${path}/links`)).body, "_embedded", "links");
  assert.deepEqual(await links(`leads/${lead}`), [
    { ...to(ann, "contacts"), metadata: { main_contact: true } },
    { ...to(firm, "companies"), metadata: null },
  ]);
  assert.deepEqual(await links(`contacts/${ann}`), [
    { ...to(lead, "leads"), metadata: { main_contact: true } },
    { ...to(firm, "companies"), metadata: null },
  ]);
  assert.deepEqual(await links(`companies/${firm}`), [
    { ...to(lead, "leads"), metadata: null },
    { ...to(ann, "contacts"), metadata: null },
  ]);
  const gone = await open.call("POST", `/api/v4/contacts/${ann}/unlink`, [to(lead, "leads")]);
  assert.equal(gone.status, 204);
  assert.deepEqual(await links(`leads/${lead}`), [{ ...to(firm, "companies"), metadata: null }]);
});

Deno.test("a link of a contact with an element, and one that is no link, are taken and refused", async () => {
  const open = openSandbox();
  const catalogs = await open.call("POST", "/api/v4/catalogs", [{ name: "Cars" }]);
  const [cars] = each(catalogs.body, "catalogs", "id");
  const elements = await open.call("POST", `/api/v4/catalogs/${cars}/elements`, [{ name: "Car" }]);
  const [car] = each(elements.body, "elements", "id");
  const [ann, bob] = await add(open, "contacts", [{ name: "Ann" }, { name: "Bob" }]);
  const link = {
    to_entity_id: car,
    to_entity_type: "catalog_elements",
    metadata: { catalog_id: cars, quantity: 2 },
  };
  assert.equal((await open.call("POST", `/api/v4/contacts/${ann}/link`, [link])).status, 200);
  const shown = await open.call("GET", `/api/v4/contacts/${ann}?with=catalog_elements`);
  assert.deepEqual(at(shown.body, "_embedded", "catalog_elements", 0, "metadata"), {
    quantity: 2,
    catalog_id: cars,
    price_id: null,
  });
  const wrong = await open.call("POST", `/api/v4/contacts/${ann}/link`, [
    { to_entity_id: bob, to_entity_type: "contacts" },
    { to_entity_id: 1, to_entity_type: "leads" },
  ]);
  assert.deepEqual(
    [0, 1].map((index) => at(wrong.body, "validation-errors", index, "errors", 0, "path")),
    ["to_entity_type", "to_entity_id"],
  );
  assert.equal((await open.call("GET", "/api/v4/contacts/1/links")).status, 404);
});

Deno.test("GET /leads/links gives the links of many leads and can narrow them", async () => {
  const open = openSandbox();
  const catalogs = await open.call("POST", "/api/v4/catalogs", [{ name: "Cars" }, {
    name: "Extras",
  }]);
  const [cars, extras] = each(catalogs.body, "catalogs", "id");
  const newElement = async (catalog: unknown) => {
    const { body } = await open.call("POST", `/api/v4/catalogs/${catalog}/elements`, [{
      name: "E",
    }]);
    return each(body, "elements", "id")[0];
  };
  const [car, seat] = [await newElement(cars), await newElement(extras)];
  const [ann] = await add(open, "contacts", [{ name: "Ann" }]);
  const [first, second] = await addLeads(open, [{ name: "A" }, { name: "B" }]);
  const element = (entity: unknown, id: unknown, catalog: unknown) => ({
    entity_id: entity,
    to_entity_id: id,
    to_entity_type: "catalog_elements",
    metadata: { catalog_id: catalog },
  });
  await open.call("POST", "/api/v4/leads/link", [
    element(first, car, cars),
    element(first, seat, extras),
    element(second, car, cars),
    { entity_id: second, to_entity_id: ann, to_entity_type: "contacts" },
  ]);
  const ends = async (query: string) => {
    const { body } = await open.call("GET", `/api/v4/leads/links?${query}`);
    const links = at(body, "_embedded", "links");
    assert.ok(Array.isArray(links));
    return links.map((shown) => [at(shown, "entity_id"), at(shown, "to_entity_id")]);
  };
  const both = `filter[entity_id][]=${first}&filter[entity_id][]=${second}`;
  assert.deepEqual(await ends(both), [[first, car], [first, seat], [second, ann], [second, car]]);
  assert.deepEqual(await ends(`${both}&filter[to_entity_type]=contacts`), [[second, ann]]);
  assert.deepEqual(await ends(`${both}&filter[to_catalog_id]=${extras}`), [[first, seat]]);
  assert.deepEqual(await ends(`${both}&filter[to_entity_id]=${car}`), [[first, car], [
    second,
    car,
  ]]);
  assert.deepEqual(await ends(`filter[entity_id]=${first},1`), [[first, car], [first, seat]]);
  const one = await open.call("GET", `/api/v4/leads/${first}/links?filter[to_catalog_id]=${cars}`);
  assert.equal(at(one.body, "_total_items"), 1);
  const none = await open.call("GET", "/api/v4/leads/links");
  assert.deepEqual(at(none.body, "validation-errors", 0, "errors", 0, "path"), "filter.entity_id");
});
