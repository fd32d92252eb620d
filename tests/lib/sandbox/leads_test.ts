import assert from "node:assert/strict";
import { addLeads, at, each, openSandbox, ORIGIN } from "../../support/sandbox_calls.ts";

const PROBLEM = {
  title: "Bad Request",
  type: "https://httpstatus.es/400",
  status: 400,
  detail: "Request validation failed",
};
const WRONG_CHOICE = "The value you selected is not a valid choice.";

Deno.test("POST /leads answers ids in order and repeats or numbers request_id", async () => {
  const { call } = openSandbox();
  const answer = await call("POST", "/api/v4/leads", [{ name: "A", request_id: "mine" }, {}]);
  assert.deepEqual(answer, {
    status: 200,
    type: "application/hal+json",
    body: {
      _links: { self: { href: `${ORIGIN}/api/v4/leads` } },
      _embedded: {
        leads: [
          {
            id: 38004285,
            _links: { self: { href: `${ORIGIN}/api/v4/leads/38004285` } },
            request_id: "mine",
          },
          {
            id: 38004288,
            _links: { self: { href: `${ORIGIN}/api/v4/leads/38004288` } },
            request_id: "1",
          },
        ],
      },
    },
  });
});

Deno.test("GET /leads shows a bare lead with nulls, not with empty lists, and a page in its link", async () => {
  const { call } = openSandbox();
  await call("POST", "/api/v4/leads", [{ name: 'Ann 🚗 "O\'Neil"', price: 100.5 }]);
  const { body } = await call("GET", "/api/v4/leads?limit=10");
  assert.deepEqual(body, {
    _page: 1,
    _links: { self: { href: `${ORIGIN}/api/v4/leads?limit=10&page=1` } },
    _embedded: {
      leads: [{
        id: 38004285,
        name: 'Ann 🚗 "O\'Neil"',
        price: 100,
        responsible_user_id: 10006346,
        group_id: 0,
        status_id: 59006804,
        pipeline_id: 7001061,
        loss_reason_id: null,
        created_by: 0,
        updated_by: 0,
        created_at: 1777593600,
        updated_at: 1777593600,
        closed_at: null,
        closest_task_at: null,
        is_deleted: false,
        custom_fields_values: null,
        score: null,
        account_id: 31000783,
        labor_cost: null,
        is_price_computed: false,
        price_with_minor_units: 100.5,
        _links: { self: { href: `${ORIGIN}/api/v4/leads/38004285?page=1&limit=10` } },
        _embedded: { tags: [], companies: [] },
      }],
    },
  });
});

Deno.test("GET /leads has no minor units when an account does not know them", async () => {
  const open = openSandbox({ switches: { bothPriceFields: false } });
  await addLeads(open, [{ name: "A", price: 7 }]);
  const lead = at((await open.call("GET", "/api/v4/leads")).body, "_embedded", "leads", 0);
  assert.equal(at(lead, "price"), 7);
  assert.equal(at(lead, "price_with_minor_units"), undefined);
  assert.equal(at(lead, "is_price_computed"), undefined);
});

Deno.test("POST /leads takes over created_at, updated_at and, for closed leads, closed_at", async () => {
  const open = openSandbox();
  const [id] = await addLeads(open, [{
    name: "Old",
    status_id: 142,
    created_at: 1700000000,
    updated_at: 1700000600,
    closed_at: 1700000500,
  }]);
  const { body } = await open.call("GET", `/api/v4/leads/${id}`);
  assert.deepEqual(
    [at(body, "created_at"), at(body, "updated_at"), at(body, "closed_at")],
    [1700000000, 1700000600, 1700000500],
  );
});

Deno.test("POST /leads stamps its own updated_at when the account does not honour the sent one", async () => {
  const open = openSandbox({ switches: { honoursUpdatedAt: false } });
  const [id] = await addLeads(open, [{ name: "Old", updated_at: 1700000600 }]);
  assert.equal(at((await open.call("GET", `/api/v4/leads/${id}`)).body, "updated_at"), 1777593600);
});

Deno.test("PATCH /leads/{id} answers id and updated_at and changes only what was sent", async () => {
  const open = openSandbox();
  const [id = 0] = await addLeads(open, [{ name: "A", price: 10 }]);
  open.sandbox.clock.advance({ minutes: 1 });
  const answer = await open.call("PATCH", `/api/v4/leads/${id}`, { price: 20 });
  assert.deepEqual(answer.body, {
    id: 38004285,
    updated_at: 1777593660,
    _links: { self: { href: `${ORIGIN}/api/v4/leads/38004285` } },
  });
  const { body } = await open.call("GET", `/api/v4/leads/${id}`);
  assert.deepEqual([at(body, "name"), at(body, "price")], ["A", 20]);
});

Deno.test("PATCH /leads writes a batch and repeats only a request_id that was sent", async () => {
  const open = openSandbox();
  const [first, second] = await addLeads(open, [{ name: "A" }, { name: "B" }]);
  const { body } = await open.call("PATCH", "/api/v4/leads", [
    { id: first, name: "A2", request_id: "x" },
    { id: second, name: "B2" },
  ]);
  assert.deepEqual(each(body, "leads", "request_id"), ["x", undefined]);
  assert.deepEqual(each((await open.call("GET", "/api/v4/leads")).body, "leads", "name"), [
    "A2",
    "B2",
  ]);
});

Deno.test("PATCH /leads refuses the whole batch with one entry for each wrong item", async () => {
  const open = openSandbox();
  const [id] = await addLeads(open, [{ name: "A" }]);
  const answer = await open.call("PATCH", "/api/v4/leads", [
    { id, name: "New" },
    { id: 1, status_id: 3, request_id: "r" },
    { id, price: "x" },
  ]);
  assert.deepEqual(answer, {
    status: 400,
    type: "application/problem+json",
    body: {
      "validation-errors": [
        {
          request_id: "r",
          errors: [
            { code: "NotSupportedChoice", path: "id", detail: WRONG_CHOICE },
            { code: "NotSupportedChoice", path: "status_id", detail: WRONG_CHOICE },
          ],
        },
        {
          request_id: "2",
          errors: [{
            code: "InvalidType",
            path: "price",
            detail: "This value should be of type int.",
          }],
        },
      ],
      ...PROBLEM,
    },
  });
  assert.equal(at((await open.call("GET", `/api/v4/leads/${id}`)).body, "name"), "A");
});

Deno.test("PATCH /leads writes the valid items of a batch with the switch partialWrites", async () => {
  const open = openSandbox({ switches: { partialWrites: true } });
  const [id] = await addLeads(open, [{ name: "A" }]);
  const { status, body } = await open.call("PATCH", "/api/v4/leads", [{ id, name: "New" }, {
    id: 1,
  }]);
  assert.equal(status, 200);
  assert.deepEqual(each(body, "leads", "id"), [id]);
  assert.deepEqual(at(body, "_embedded", "errors"), [{
    request_id: "1",
    errors: [{ code: "NotSupportedChoice", path: "id", detail: WRONG_CHOICE }],
  }]);
});

Deno.test("POST /leads answers 504 HTML and writes nothing when a batch is too heavy", async () => {
  const { call } = openSandbox({ switches: { heavyBatch: 1 } });
  const answer = await call("POST", "/api/v4/leads", [{ name: "A" }, { name: "B" }]);
  assert.deepEqual([answer.status, answer.type], [504, "text/html"]);
  assert.equal((await call("GET", "/api/v4/leads")).status, 204);
});

Deno.test("POST /leads refuses 251 leads, an object and a body that is not JSON", async () => {
  const { sandbox, call } = openSandbox();
  const many = Array.from({ length: 251 }, () => ({ name: "A" }));
  assert.equal(
    at((await call("POST", "/api/v4/leads", many)).body, "detail"),
    "Expected from 1 to 250 items, got 251",
  );
  assert.equal(
    at((await call("POST", "/api/v4/leads", { name: "A" })).body, "detail"),
    "Request body should be an array",
  );
  const response = await sandbox.fetch(
    new Request(`${ORIGIN}/api/v4/leads`, {
      method: "POST",
      headers: { authorization: `Bearer ${sandbox.token}` },
      body: "{",
    }),
  );
  assert.equal(at(await response.json(), "detail"), "Request body is not valid JSON");
});

Deno.test("POST /leads puts 142 into the pipeline that is named, else into the main one", async () => {
  const open = openSandbox();
  const { body } = await open.call("POST", "/api/v4/leads/pipelines", [{
    name: "Second",
    _embedded: { statuses: [{ name: "First stage" }] },
  }]);
  const second = at(body, "_embedded", "pipelines", 0, "id");
  await addLeads(open, [{ status_id: 142 }, { status_id: 142, pipeline_id: second }]);
  const list = await open.call("GET", "/api/v4/leads?order[id]=asc");
  assert.deepEqual(each(list.body, "leads", "pipeline_id"), [7001061, second]);
  assert.deepEqual(each(list.body, "leads", "status_id"), [142, 142]);
});

Deno.test("PATCH /leads sets closed_at on entering 143 and clears it on leaving", async () => {
  const open = openSandbox();
  const reasons = await open.call("POST", "/api/v4/leads/loss_reasons", [{ name: "Too dear" }]);
  const reason = at(reasons.body, "_embedded", "loss_reasons", 0, "id");
  const [id] = await addLeads(open, [{ name: "A" }]);
  const early = await open.call("PATCH", `/api/v4/leads/${id}`, { loss_reason_id: reason });
  assert.equal(at(early.body, "validation-errors", 0, "errors", 0, "path"), "loss_reason_id");
  open.sandbox.clock.advance({ hours: 1 });
  await open.call("PATCH", `/api/v4/leads/${id}`, { status_id: 143, loss_reason_id: reason });
  const lost = await open.call("GET", `/api/v4/leads/${id}?with=loss_reason`);
  assert.deepEqual(
    [at(lost.body, "closed_at"), at(lost.body, "_embedded", "loss_reason", 0, "name")],
    [1777597200, "Too dear"],
  );
  await open.call("PATCH", `/api/v4/leads/${id}`, { status_id: 59006804 });
  const { body } = await open.call("GET", `/api/v4/leads/${id}`);
  assert.deepEqual([at(body, "closed_at"), at(body, "loss_reason_id")], [null, null]);
});

Deno.test("PATCH /leads replaces, adds and takes away tags", async () => {
  const open = openSandbox();
  const [id] = await addLeads(open, [{ _embedded: { tags: [{ name: "VIP" }, { name: "New" }] } }]);
  const tagNames = async () => {
    const { body } = await open.call("GET", `/api/v4/leads/${id}`);
    return each(body, "tags", "name");
  };
  assert.deepEqual(await tagNames(), ["VIP", "New"]);
  await open.call("PATCH", `/api/v4/leads/${id}`, {
    tags_to_add: [{ name: "Late" }],
    tags_to_delete: [{ name: "new" }],
  });
  assert.deepEqual(await tagNames(), ["VIP", "Late"]);
  await open.call("PATCH", `/api/v4/leads/${id}`, { _embedded: { tags: [{ name: "Only" }] } });
  assert.deepEqual(await tagNames(), ["Only"]);
  const { body } = await open.call("GET", "/api/v4/leads/tags");
  assert.deepEqual(each(body, "tags", "name"), ["VIP", "New", "Late", "Only"]);
});

Deno.test("PATCH /leads does not count tags_to_add and tags_to_delete beside _embedded.tags", async () => {
  const open = openSandbox();
  const [id] = await addLeads(open, [{ _embedded: { tags: [{ name: "VIP" }, { name: "New" }] } }]);
  await open.call("PATCH", `/api/v4/leads/${id}`, {
    _embedded: { tags: [{ name: "VIP" }, { name: "New" }] },
    tags_to_add: [{ name: "Late" }],
    tags_to_delete: [{ name: "VIP" }],
  });
  const { body } = await open.call("GET", `/api/v4/leads/${id}`);
  assert.deepEqual(each(body, "tags", "name"), ["VIP", "New"]);
});

Deno.test("POST /leads keeps fractions of a budget in price_with_minor_units alone", async () => {
  const open = openSandbox();
  await addLeads(open, [{ price: 249.9 }, { price: 0.75 }, { price: 7 }]);
  const { body } = await open.call("GET", "/api/v4/leads?order[id]=asc");
  assert.deepEqual(each(body, "leads", "price"), [249, 0, 7]);
  assert.deepEqual(each(body, "leads", "price_with_minor_units"), [249.9, 0.75, 7]);
  // Taken without a word, this would lose the fraction: only price is written.
  const refused = await open.call("POST", "/api/v4/leads", [
    { price: 249, price_with_minor_units: 249.9 },
  ]);
  assert.deepEqual(at(refused.body, "validation-errors", 0, "errors", 0), {
    code: "FieldNotExpected",
    path: "price_with_minor_units",
    detail: "This field was not expected.",
  });
});

Deno.test("POST /leads/complex creates lead, contact and company and answers a bare list", async () => {
  const { call } = openSandbox();
  const answer = await call("POST", "/api/v4/leads/complex", [
    {
      name: "A",
      request_id: "r1",
      _embedded: {
        contacts: [{
          first_name: "Ann",
          last_name: "Lee",
          custom_fields_values: [{ field_code: "PHONE", values: [{ value: "+971 50 000 0000" }] }],
        }],
        companies: [{ name: "Lee Ltd" }],
      },
    },
    { name: "B" },
  ]);
  assert.deepEqual(answer.body, [
    {
      id: 38004285,
      contact_id: 67000467,
      company_id: 68004837,
      merged: false,
      request_id: ["r1"],
    },
    { id: 38004288, contact_id: null, company_id: null, merged: false, request_id: ["1"] },
  ]);
  const lead = await call("GET", "/api/v4/leads/38004285?with=contacts");
  assert.deepEqual(at(lead.body, "_embedded"), {
    tags: [],
    companies: [{
      id: 68004837,
      _links: { self: { href: `${ORIGIN}/api/v4/companies/68004837` } },
    }],
    contacts: [{
      id: 67000467,
      is_main: true,
      _links: { self: { href: `${ORIGIN}/api/v4/contacts/67000467` } },
    }],
  });
  const contact = await call("GET", "/api/v4/contacts/67000467");
  assert.equal(at(contact.body, "name"), "Ann Lee");
  assert.deepEqual(at(contact.body, "custom_fields_values", 0, "values"), [{
    value: "+971 50 000 0000",
    enum_id: at(contact.body, "custom_fields_values", 0, "values", 0, "enum_id"),
    enum_code: "WORK",
  }]);
});

Deno.test("POST /leads/complex takes at most 50 leads", async () => {
  const { call } = openSandbox();
  const many = Array.from({ length: 51 }, () => ({ name: "A" }));
  const { body } = await call("POST", "/api/v4/leads/complex", many);
  assert.equal(at(body, "detail"), "Expected from 1 to 50 items, got 51");
});
