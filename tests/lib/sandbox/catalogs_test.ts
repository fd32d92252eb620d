import assert from "node:assert/strict";
import {
  addLeads,
  at,
  each,
  type OpenSandbox,
  openSandbox,
  ORIGIN,
} from "../../support/sandbox_calls.ts";

/** An account with a catalog "Cars" that has a numeric field, and the ids of both. */
async function openCars(
  switches = {},
): Promise<{ open: OpenSandbox; cars: unknown; rate: unknown }> {
  const open = openSandbox({ switches });
  const created = await open.call("POST", "/api/v4/catalogs", [{ name: "Cars" }]);
  const [cars] = each(created.body, "catalogs", "id");
  const fields = await open.call("POST", `/api/v4/catalogs/${cars}/custom_fields`, [
    { name: "DAILYRATE", type: "numeric", code: "RATE" },
  ]);
  return { open, cars, rate: each(fields.body, "custom_fields", "id")[0] };
}

Deno.test("catalogs are created, listed, looked up and renamed", async () => {
  const { call } = openSandbox();
  const created = await call("POST", "/api/v4/catalogs", [{ name: "Cars" }, { name: "Clients" }]);
  assert.deepEqual(each(created.body, "catalogs", "request_id"), ["0", "1"]);
  const list = await call("GET", "/api/v4/catalogs?limit=1");
  assert.deepEqual(list.body, {
    _page: 1,
    _links: {
      self: { href: `${ORIGIN}/api/v4/catalogs?limit=1&page=1` },
      next: { href: `${ORIGIN}/api/v4/catalogs?limit=1&page=2` },
    },
    _embedded: {
      catalogs: [{
        id: 15808,
        name: "Cars",
        created_by: 10006346,
        updated_by: 10006346,
        created_at: 1777593600,
        updated_at: 1777593600,
        sort: 10,
        type: "regular",
        can_add_elements: true,
        can_show_in_cards: true,
        can_link_multiple: true,
        can_be_deleted: true,
        sdk_widget_code: null,
        account_id: 31000783,
        _links: { self: { href: `${ORIGIN}/api/v4/catalogs/15808?page=1&limit=1` } },
      }],
    },
  });
  await call("PATCH", "/api/v4/catalogs/15808", { name: "Fleet" });
  await call("PATCH", "/api/v4/catalogs", [{ id: 15811, name: "People" }]);
  const renamed = await call("GET", "/api/v4/catalogs");
  assert.deepEqual(each(renamed.body, "catalogs", "name"), ["Fleet", "People"]);
  assert.equal((await call("GET", "/api/v4/catalogs/1")).status, 204);
});

Deno.test("an account has at most ten catalogs and one of products", async () => {
  const { call } = openSandbox();
  const eleven = Array.from({ length: 11 }, () => ({ name: "X" }));
  assert.equal((await call("POST", "/api/v4/catalogs", eleven)).status, 400);
  await call("POST", "/api/v4/catalogs", [{ name: "P", type: "products" }]);
  const { body } = await call("POST", "/api/v4/catalogs", [{ name: "Q", type: "products" }]);
  assert.equal(at(body, "validation-errors", 0, "errors", 0, "path"), "type");
});

Deno.test("the fields of a catalog have keys of their own and belong to it alone", async () => {
  const { open, cars, rate } = await openCars();
  const { body } = await open.call("GET", `/api/v4/catalogs/${cars}/custom_fields/${rate}`);
  assert.deepEqual(body, {
    id: 909801,
    name: "DAILYRATE",
    type: "numeric",
    account_id: 31000783,
    code: "RATE",
    sort: 500,
    is_api_only: false,
    enums: null,
    catalog_id: 15808,
    is_visible: true,
    is_required: false,
    is_deletable: true,
    triggers: [],
    search_in: null,
    nested: null,
    entity_type: "catalogs",
    _links: { self: { href: `${ORIGIN}/api/v4/catalogs/15808/custom_fields/909801` } },
  });
  assert.equal((await open.call("GET", `/api/v4/leads/custom_fields/${rate}`)).status, 404);
  assert.equal((await open.call("GET", "/api/v4/catalogs/1/custom_fields")).status, 404);
});

Deno.test("writes of elements answer the whole element, with is_deleted null", async () => {
  const { open, cars } = await openCars();
  const path = `/api/v4/catalogs/${cars}/elements`;
  const created = await open.call("POST", path, [{
    name: "Car 1",
    custom_fields_values: [{ field_code: "RATE", values: [{ value: 199.5 }] }],
  }]);
  const element = {
    id: 1701673,
    name: "Car 1",
    created_by: 0,
    updated_by: 0,
    created_at: 1777593600,
    updated_at: 1777593600,
    is_deleted: null,
    custom_fields_values: [{
      field_id: 909801,
      field_name: "DAILYRATE",
      field_code: "RATE",
      field_type: "numeric",
      values: [{ value: "199.5" }],
      is_computed: false,
    }],
    catalog_id: 15808,
    account_id: 31000783,
    _links: { self: { href: `${ORIGIN}${path}/1701673` } },
  };
  assert.deepEqual(at(created.body, "_embedded", "elements"), [{ ...element, request_id: "0" }]);
  open.sandbox.clock.advance({ seconds: 5 });
  const patched = await open.call("PATCH", path, [{ id: 1701673, name: "Car 1b" }]);
  assert.deepEqual(at(patched.body, "_embedded", "elements"), [
    { ...element, name: "Car 1b", updated_at: 1777593605 },
  ]);
  const single = await open.call("PATCH", `${path}/1701673`, {
    custom_fields_values: [
      { field_code: "RATE", values: null },
    ],
  });
  assert.equal(at(single.body, "custom_fields_values"), null);
  assert.equal((await open.call("PATCH", path, [{ id: 5, name: "X" }])).status, 400);
});

Deno.test("elements are listed 100 at a time unless told, 250 at most, by id and by text", async () => {
  const { open, cars } = await openCars();
  const path = `/api/v4/catalogs/${cars}/elements`;
  const ids: unknown[] = [];
  for (const size of [250, 10]) {
    const items = Array.from({ length: size }, (_, index) => ({ name: `Car ${size}-${index}` }));
    ids.push(...each((await open.call("POST", path, items)).body, "elements", "id"));
  }
  const found = async (query: string) =>
    each((await open.call("GET", path + query)).body, "elements", "id");
  assert.equal((await found("")).length, 100);
  assert.equal((await found("?limit=500")).length, 250);
  assert.deepEqual(await found(`?filter[id][]=${ids[3]}&filter[id][]=${ids[4]}`), [ids[3], ids[4]]);
  assert.deepEqual(await found(`?id[]=${ids[5]}`), [ids[5]]);
  assert.deepEqual(await found("?query=car 10-9"), [ids[259]]);
  // No order and no filter by time: both are ignored.
  const ignored = await found("?limit=2&order[id]=desc&filter[updated_at][from]=9000000000");
  assert.deepEqual(ignored, [ids[0], ids[1]]);
  assert.equal((await open.call("GET", `${path}?page=9`)).status, 204);
  assert.equal((await open.call("GET", `${path}/5`)).status, 204);
  assert.equal((await open.call("GET", "/api/v4/catalogs/1/elements")).status, 404);
});

Deno.test("elements are linked to leads, shown on request with their catalog, and unlinked", async () => {
  const { open, cars } = await openCars();
  const elements = await open.call("POST", `/api/v4/catalogs/${cars}/elements`, [{
    name: "Car 1",
  }]);
  const [car] = each(elements.body, "elements", "id");
  const [lead] = await addLeads(open, [{ name: "A" }]);
  open.sandbox.clock.advance({ minutes: 1 });
  const link = {
    to_entity_id: car,
    to_entity_type: "catalog_elements",
    metadata: { quantity: 2, catalog_id: cars },
  };
  const answer = await open.call("POST", `/api/v4/leads/${lead}/link`, [link]);
  assert.deepEqual(answer.body, {
    _total_items: 1,
    _links: { self: { href: `${ORIGIN}/api/v4/leads/38004285/link` } },
    _embedded: { links: [{ entity_id: 38004285, entity_type: "leads", ...link }] },
  });
  const bare = await open.call("GET", `/api/v4/leads/${lead}`);
  assert.equal(at(bare.body, "_embedded", "catalog_elements"), undefined);
  assert.equal(at(bare.body, "updated_at"), 1777593660);
  const shown = await open.call("GET", "/api/v4/leads?with=contacts,catalog_elements&limit=5");
  assert.deepEqual(at(shown.body, "_embedded", "leads", 0, "_embedded"), {
    tags: [],
    companies: [],
    contacts: [],
    catalog_elements: [{
      id: 1701673,
      metadata: { quantity: 2, catalog_id: 15808, price_id: null },
      _links: {
        self: { href: `${ORIGIN}/api/v4/catalogs/15808/elements/1701673?page=1&limit=5` },
      },
    }],
  });
  const links = await open.call("GET", `/api/v4/leads/${lead}/links`);
  assert.deepEqual(at(links.body, "_embedded", "links"), [{
    to_entity_id: 1701673,
    to_entity_type: "catalog_elements",
    metadata: { quantity: 2, catalog_id: 15808, price_id: null },
  }]);
  assert.equal((await open.call("POST", `/api/v4/leads/${lead}/unlink`, [link])).status, 204);
  const after = await open.call("GET", `/api/v4/leads/${lead}?with=catalog_elements`);
  assert.deepEqual(at(after.body, "_embedded", "catalog_elements"), []);
});

Deno.test("many leads are linked in one request, wrong ends are refused", async () => {
  const { open, cars } = await openCars({ linkTouchesUpdatedAt: false });
  const elements = await open.call("POST", `/api/v4/catalogs/${cars}/elements`, [{
    name: "Car 1",
  }]);
  const [car] = each(elements.body, "elements", "id");
  const [first, second] = await addLeads(open, [{ updated_at: 5 }, { updated_at: 6 }]);
  const link = (entity_id: unknown, to_entity_id: unknown, catalog_id: unknown) => ({
    entity_id,
    to_entity_id,
    to_entity_type: "catalog_elements",
    metadata: { catalog_id },
  });
  const { status } = await open.call("POST", "/api/v4/leads/link", [
    link(first, car, cars),
    link(second, car, cars),
  ]);
  assert.equal(status, 200);
  const list = await open.call("GET", "/api/v4/leads?with=catalog_elements");
  assert.deepEqual(each(list.body, "leads", "updated_at"), [5, 6]);
  assert.deepEqual(
    [0, 1].map((row) =>
      at(list.body, "_embedded", "leads", row, "_embedded", "catalog_elements", 0, "id")
    ),
    [car, car],
  );
  const { body } = await open.call("POST", "/api/v4/leads/link", [
    link(1, car, cars),
    link(first, 5, cars),
    link(first, car, 1),
  ]);
  assert.deepEqual(
    [0, 1, 2].map((index) => at(body, "validation-errors", index, "errors", 0, "path")),
    ["entity_id", "to_entity_id", "metadata.catalog_id"],
  );
});

Deno.test("POST /leads ignores elements in _embedded: only the link routes link them", async () => {
  const { open, cars } = await openCars();
  const elements = await open.call("POST", `/api/v4/catalogs/${cars}/elements`, [{
    name: "Car 1",
  }]);
  const [id] = each(elements.body, "elements", "id");
  const [lead] = await addLeads(open, [{
    _embedded: { catalog_elements: [{ id, metadata: { catalog_id: cars, quantity: 1 } }] },
  }]);
  const { body } = await open.call("GET", `/api/v4/leads/${lead}?with=catalog_elements`);
  assert.deepEqual(at(body, "_embedded", "catalog_elements"), []);
});
