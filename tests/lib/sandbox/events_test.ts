import assert from "node:assert/strict";
import {
  addLeads,
  at,
  each,
  type OpenSandbox,
  openSandbox,
  ORIGIN,
} from "../../support/sandbox_calls.ts";

const ASCENDING = { switches: { eventsOrder: "asc" } } as const;

/** [type, before, after] of the events that a query finds. */
async function changes(open: OpenSandbox, query = ""): Promise<unknown[]> {
  const { status, body } = await open.call("GET", `/api/v4/events?${query}`);
  if (status === 204) return [];
  const rows = at(body, "_embedded", "events");
  if (!Array.isArray(rows)) return [];
  return rows.map((row) => [at(row, "type"), at(row, "value_before"), at(row, "value_after")]);
}

Deno.test("GET /events shows a creation whole, with a ULID", async () => {
  const open = openSandbox();
  assert.equal((await open.call("GET", "/api/v4/events")).status, 204);
  await addLeads(open, [{ name: "A" }]);
  const { body } = await open.call("GET", "/api/v4/events?with=lead_name");
  assert.deepEqual(body, {
    _page: 1,
    _links: { self: { href: `${ORIGIN}/api/v4/events?with=lead_name&page=1&limit=50` } },
    _embedded: {
      events: [{
        id: "01kqgdbj00m0gzy8kqdzef4c74",
        type: "lead_added",
        entity_id: 38004285,
        entity_type: "lead",
        created_by: 0,
        created_at: 1777593600,
        value_after: [{ note: { id: 210007814 } }],
        value_before: [],
        account_id: 31000783,
        _links: { self: { href: `${ORIGIN}/api/v4/events/01kqgdbj00m0gzy8kqdzef4c74` } },
        _embedded: {
          entity: {
            id: 38004285,
            name: "A",
            _links: { self: { href: `${ORIGIN}/api/v4/leads/38004285` } },
          },
        },
      }],
    },
  });
});

Deno.test("GET /events tells what changed of a lead, one event for each thing", async () => {
  const open = openSandbox(ASCENDING);
  const fields = await open.call("POST", "/api/v4/leads/custom_fields", [
    { name: "PLATE", type: "text" },
  ]);
  const [plate] = each(fields.body, "custom_fields", "id");
  const [id] = await addLeads(open, [{ name: "A", price: 10 }]);
  await open.call("PATCH", `/api/v4/leads/${id}`, {
    name: "B",
    price: 20.5,
    status_id: 143,
    custom_fields_values: [{ field_id: plate, values: [{ value: "DXB 1" }] }],
    tags_to_add: [{ name: "VIP" }],
  });
  // A touch changes nothing, so it tells nothing.
  await open.call("PATCH", `/api/v4/leads/${id}`, { name: "B" });
  assert.deepEqual((await changes(open)).slice(1), [
    [
      "lead_status_changed",
      [{ lead_status: { id: 59006804, pipeline_id: 7001061 } }],
      [{ lead_status: { id: 143, pipeline_id: 7001061 } }],
    ],
    ["name_field_changed", [{ name_field_value: { name: "A" } }], [
      { name_field_value: { name: "B" } },
    ]],
    [
      "sale_field_changed",
      [{ sale_field_value: { sale: 10, sale_with_minor_units: 10 } }],
      [{ sale_field_value: { sale: 20, sale_with_minor_units: 20.5 } }],
    ],
    ["custom_field_909801_value_changed", [], [{
      custom_field_value: {
        field_id: 909801,
        field_type: 1,
        enum_id: null,
        text: "DXB 1",
        is_masked: false,
      },
    }]],
    ["entity_tag_added", [], [{ tag: { name: "VIP" } }]],
  ]);
});

Deno.test("GET /events filters by type, entity, time and stage", async () => {
  const open = openSandbox(ASCENDING);
  const [first, second] = await addLeads(open, [{}, {}]);
  open.sandbox.clock.advance({ seconds: 10 });
  await open.call("PATCH", `/api/v4/leads/${first}`, { status_id: 142 });
  const types = async (query: string) => (await changes(open, query)).map((row) => at(row, 0));
  assert.deepEqual(await types("filter[type][]=lead_status_changed"), ["lead_status_changed"]);
  assert.deepEqual(await types("filter[type]=lead_status_changed,lead_added"), [
    "lead_added",
    "lead_added",
    "lead_status_changed",
  ]);
  assert.deepEqual(await types(`filter[entity]=lead&filter[entity_id][]=${second}`), [
    "lead_added",
  ]);
  assert.deepEqual(await types("filter[created_at][from]=1777593610"), ["lead_status_changed"]);
  assert.deepEqual(await types("filter[created_at]=1777593610"), ["lead_status_changed"]);
  assert.deepEqual(await types("filter[created_at][to]=1777593609"), ["lead_added", "lead_added"]);
  const stage = (status: number) =>
    "filter[value_after][leads_statuses][0][pipeline_id]=7001061&" +
    `filter[value_after][leads_statuses][0][status_id]=${status}`;
  assert.deepEqual(await types(stage(142)), ["lead_status_changed"]);
  assert.deepEqual(await types(stage(143)), []);
  assert.equal((await open.call("GET", "/api/v4/events?filter[entity_id][]=1")).status, 400);
});

Deno.test("GET /events is newest first unless told, and 100 a page at most with the switch", async () => {
  const open = openSandbox({ switches: { eventsPageLimit: 100 } });
  const ids = await addLeads(open, Array.from({ length: 120 }, () => ({})));
  const { body } = await open.call("GET", "/api/v4/events?limit=250");
  assert.deepEqual(each(body, "events", "entity_id"), ids.toReversed().slice(0, 100));
});

Deno.test("events come late and some never with the switches", async () => {
  const open = openSandbox({ switches: { eventLagMs: 5000, missingEventTypes: ["lead_deleted"] } });
  await addLeads(open, [{}]);
  open.sandbox.clock.advance({ milliseconds: 4999 });
  assert.deepEqual(await changes(open), []);
  open.sandbox.clock.advance({ milliseconds: 1 });
  assert.equal((await changes(open)).length, 1);
  open.sandbox.faults.add({ kind: "delete_lead" });
  await open.call("GET", "/api/v4/leads");
  open.sandbox.clock.advance({ seconds: 5 });
  assert.equal((await changes(open, "filter[type][]=lead_deleted")).length, 0);
});

Deno.test("GET /events/types and /events/{id} answer", async () => {
  const open = openSandbox();
  await addLeads(open, [{}]);
  const types = await open.call("GET", "/api/v4/events/types?language_code=ru");
  assert.deepEqual(at(types.body, "_embedded", "events_types", 0), {
    key: "lead_added",
    type: 1,
    lang: "lead_added",
  });
  const one = await open.call("GET", "/api/v4/events/01kqgdbj00m0gzy8kqdzef4c74");
  assert.equal(at(one.body, "type"), "lead_added");
  assert.equal((await open.call("GET", "/api/v4/events/0")).status, 204);
});
