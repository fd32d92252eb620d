import assert from "node:assert/strict";
import { addLeads, at, each, type OpenSandbox, openSandbox } from "../../support/sandbox_calls.ts";

/** Names of the leads that a query finds, in order; null for a 204. */
async function names(open: OpenSandbox, query: string): Promise<unknown[] | null> {
  const { status, body } = await open.call("GET", `/api/v4/leads?${query}`);
  return status === 204 ? null : each(body, "leads", "name");
}

/** Three leads whose orders by id, creation and update all differ. */
async function openThree(): Promise<OpenSandbox> {
  const open = openSandbox();
  await addLeads(open, [
    { name: "first", price: 30, created_at: 300, updated_at: 3000 },
    { name: "second", price: 10, created_at: 100, updated_at: 1000 },
    { name: "third", price: 20, created_at: 200, updated_at: 4000 },
  ]);
  return open;
}

const ORDERS: Readonly<Record<string, readonly string[]>> = {
  "": ["second", "first", "third"],
  "order[id]=asc": ["first", "second", "third"],
  "order[id]=desc": ["third", "second", "first"],
  "order[created_at]=asc": ["second", "third", "first"],
  "order[updated_at]=desc": ["third", "first", "second"],
  // Neither a name nor a nonsense direction is refused.
  "order[name]=desc": ["second", "first", "third"],
  "order[id]=nonsense": ["first", "second", "third"],
};

for (const [query, expected] of Object.entries(ORDERS)) {
  Deno.test(`GET /leads orders by "${query}"`, async () => {
    assert.deepEqual(await names(await openThree(), query), expected);
  });
}

const FILTERS: Readonly<Record<string, readonly string[] | null>> = {
  "filter[updated_at][from]=3000": ["first", "third"],
  "filter[updated_at][from]=1000&filter[updated_at][to]=3000": ["second", "first"],
  "filter[created_at][to]=199": ["second"],
  "filter[updated_at][from]=9000000000": null,
  // A bare number is no range: it finds nothing.
  "filter[updated_at]=3000": null,
  "filter[price][from]=15&filter[price][to]=25": ["third"],
  "filter[name][]=second&filter[name][]=third": ["second", "third"],
  "filter[closed_at][from]=0": null,
  "filter[pipeline_id][]=7001061": ["second", "first", "third"],
  "filter[pipeline_id]=1": null,
  "filter[statuses][0][pipeline_id]=7001061&filter[statuses][0][status_id]=59006804": [
    "second",
    "first",
    "third",
  ],
  "filter[statuses][0][pipeline_id]=7001061&filter[statuses][0][status_id]=142": null,
  // A stage without a pipeline filters too; a bare number in its place does not.
  "filter[statuses][0][status_id]=142": null,
  "filter[statuses][0][status_id]=59006804": ["second", "first", "third"],
  "filter[statuses][]=142": ["second", "first", "third"],
  "filter[id][]=38004288": ["second"],
  "filter[id]=38004285": ["first"],
  "query=SECO": ["second"],
  // What amoCRM does not know it ignores: the whole list comes back.
  "filter[colour]=red": ["second", "first", "third"],
};

for (const [query, expected] of Object.entries(FILTERS)) {
  Deno.test(`GET /leads filters by "${query}"`, async () => {
    assert.deepEqual(await names(await openThree(), query), expected);
  });
}

Deno.test("GET /leads filters by the value and by the range of a custom field", async () => {
  const open = openSandbox();
  const fields = await open.call("POST", "/api/v4/leads/custom_fields", [
    { name: "PLATE", type: "text" },
    { name: "DAILYRATE", type: "numeric" },
  ]);
  const [plate, rate] = each(fields.body, "custom_fields", "id");
  const lead = (name: string, value: string, daily: number) => ({
    name,
    custom_fields_values: [
      { field_id: plate, values: [{ value }] },
      { field_id: rate, values: [{ value: daily }] },
    ],
  });
  await addLeads(open, [lead("A", "DXB 1", 100), lead("B", "DXB 2", 250.5)]);
  assert.deepEqual(await names(open, `filter[custom_fields_values][${plate}][]=DXB 2`), ["B"]);
  assert.deepEqual(
    await names(
      open,
      `filter[custom_fields_values][${rate}][from]=99&` +
        `filter[custom_fields_values][${rate}][to]=101`,
    ),
    ["A"],
  );
});

Deno.test("GET /leads/{id} answers 204 for a lead that is not there, or 404 with the switch", async () => {
  const open = openSandbox();
  assert.deepEqual(await open.call("GET", "/api/v4/leads/5"), {
    status: 204,
    type: null,
    body: null,
  });
  open.sandbox.setSwitches({ missingLeadStatus: 404 });
  const answer = await open.call("GET", "/api/v4/leads/5");
  assert.deepEqual([answer.status, answer.type, at(answer.body, "detail")], [
    404,
    "application/problem+json",
    "Lead not found",
  ]);
});

Deno.test("GET /leads adds source_id and is_price_modified_by_robot only when asked", async () => {
  const open = openSandbox();
  await addLeads(open, [{ name: "A", _embedded: { source: { id: 77 } } }]);
  const bare = await open.call("GET", "/api/v4/leads");
  assert.equal(at(bare.body, "_embedded", "leads", 0, "source_id"), undefined);
  const { body } = await open.call(
    "GET",
    "/api/v4/leads?with=source_id,is_price_modified_by_robot,loss_reason",
  );
  const lead = at(body, "_embedded", "leads", 0);
  assert.deepEqual(
    [at(lead, "source_id"), at(lead, "is_price_modified_by_robot")],
    [77, false],
  );
  assert.deepEqual(at(lead, "_embedded"), { tags: [], companies: [], loss_reason: [] });
});

Deno.test("hidden leads are in no list, and refused or shown by id", async () => {
  const open = openSandbox();
  const [seen = 0, hidden = 0] = await addLeads(open, [{}, {}]);
  open.sandbox.setSwitches({ hiddenLeads: [hidden] });
  const list = await open.call("GET", "/api/v4/leads");
  assert.deepEqual(each(list.body, "leads", "id"), [seen]);
  const both = await open.call("GET", `/api/v4/leads?filter[id][]=${seen}&filter[id][]=${hidden}`);
  assert.deepEqual(each(both.body, "leads", "id"), [seen]);
  assert.equal((await open.call("GET", `/api/v4/leads/${hidden}`)).status, 403);
  open.sandbox.setSwitches({ hiddenLeadStatus: 200 });
  const shown = await open.call("GET", `/api/v4/leads/${hidden}`);
  assert.equal(at(shown.body, "id"), hidden);
});
