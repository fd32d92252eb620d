import assert from "node:assert/strict";
import {
  addLeads,
  at,
  each,
  type OpenSandbox,
  openSandbox,
  ORIGIN,
  readAnswer,
} from "../../support/sandbox_calls.ts";

const ASCENDING = { switches: { eventsOrder: "asc" } } as const;
const ADMINISTRATOR = 10006346;
const MARA = 10006348;

/** [type, entity_id, created_by, before, after] of all events but the first additions. */
async function later(open: OpenSandbox): Promise<unknown[]> {
  const { body } = await open.call("GET", "/api/v4/events?limit=250");
  const rows = at(body, "_embedded", "events");
  assert.ok(Array.isArray(rows));
  return rows.filter((row) => at(row, "type") !== "lead_added").map((row) =>
    ["type", "entity_id", "created_by", "value_before", "value_after"].map((key) => at(row, key))
  );
}

async function nameOf(open: OpenSandbox, id: number | undefined): Promise<unknown> {
  return at((await open.call("GET", `/api/v4/leads/${id}`)).body, "name") ?? null;
}

Deno.test("leads.change() writes as another user, and as the administrator unless told", async () => {
  const open = openSandbox(ASCENDING);
  const [id = 0] = await addLeads(open, [{ name: "A" }]);
  open.sandbox.clock.advance({ minutes: 1 });
  open.sandbox.leads.change([{ id, name: "B", price: 250 }], MARA);
  open.sandbox.leads.change([{ id, status_id: 143 }]);
  assert.deepEqual((await later(open)).map((row) => [at(row, 0), at(row, 2)]), [
    ["name_field_changed", MARA],
    ["sale_field_changed", MARA],
    ["lead_status_changed", ADMINISTRATOR],
  ]);
  const { body } = await open.call("GET", `/api/v4/leads/${id}`);
  assert.deepEqual(
    ["name", "price", "status_id", "updated_by", "updated_at"].map((key) => at(body, key)),
    ["B", 250, 143, ADMINISTRATOR, 1777593660],
  );
});

Deno.test("leads.delete() and restore() move to the trash and back, each with its event", async () => {
  const open = openSandbox(ASCENDING);
  const [id = 0, other = 0] = await addLeads(open, [{ name: "A" }, { name: "B" }]);
  assert.equal(open.sandbox.leads.delete([id, other, 1], MARA), 2);
  assert.equal(await nameOf(open, id), null);
  open.sandbox.clock.advance({ hours: 1 });
  assert.equal(open.sandbox.leads.restore([id, 1]), 1);
  assert.equal(open.sandbox.leads.restore([id]), 0);
  assert.equal(await nameOf(open, id), "A");
  assert.deepEqual(await later(open), [
    ["lead_deleted", id, MARA, [], []],
    ["lead_deleted", other, MARA, [], []],
    ["lead_restored", id, ADMINISTRATOR, [], []],
  ]);
  const trash = await open.call("GET", "/api/v4/leads?with=only_deleted");
  assert.deepEqual(each(trash.body, "leads", "id"), [other]);
});

Deno.test("leads.merge() leaves one lead with what both had, and the other nowhere", async () => {
  const open = openSandbox(ASCENDING);
  const fields = await open.call("POST", "/api/v4/leads/custom_fields", [
    { name: "PLATE", type: "text" },
    { name: "MODEL", type: "text" },
  ]);
  const [plate, model] = each(fields.body, "custom_fields", "id");
  const value = (field: unknown, text: string) => ({ field_id: field, values: [{ value: text }] });
  const [survivor = 0, gone = 0] = await addLeads(open, [
    {
      name: "A",
      custom_fields_values: [value(plate, "DXB 1")],
      _embedded: { tags: [{ name: "VIP" }] },
    },
    {
      name: "B",
      custom_fields_values: [value(plate, "DXB 2"), value(model, "Sunny")],
      _embedded: { tags: [{ name: "Late" }] },
    },
  ]);
  open.sandbox.clock.advance({ minutes: 1 });
  assert.equal(open.sandbox.leads.merge(survivor, [gone], MARA), true);
  assert.equal(open.sandbox.leads.merge(survivor, [gone], MARA), false);
  const { body } = await open.call("GET", `/api/v4/leads/${survivor}`);
  assert.deepEqual(
    ["name", "updated_by", "updated_at"].map((key) => at(body, key)),
    ["A", MARA, 1777593660],
  );
  const shown = at(body, "custom_fields_values");
  assert.deepEqual([0, 1].map((index) => at(shown, index, "values", 0, "value")), [
    "DXB 1",
    "Sunny",
  ]);
  assert.deepEqual(each(body, "tags", "name"), ["VIP", "Late"]);
  for (const query of [`filter[id]=${gone}`, "with=only_deleted"]) {
    assert.equal((await open.call("GET", `/api/v4/leads?${query}`)).status, 204);
  }
  const merges = (await later(open)).filter((row) => at(row, 0) === "entity_merged");
  assert.deepEqual(merges, [["entity_merged", survivor, MARA, [], []]]);
});

Deno.test("mergeNames gone makes entity_merged name each lead that is gone", async () => {
  const open = openSandbox({ switches: { eventsOrder: "asc", mergeNames: "gone" } });
  const [survivor = 0, ...gone] = await addLeads(open, [{}, {}, {}]);
  open.sandbox.leads.merge(survivor, gone);
  assert.deepEqual((await later(open)).map((row) => at(row, 1)), gone);
});

Deno.test("the control routes of leads do the same over HTTP, and say what was wrong", async () => {
  const open = openSandbox(ASCENDING);
  const [first = 0, second = 0] = await addLeads(open, [{ name: "A" }, { name: "B" }]);
  const control = async (action: string, body: object) => {
    const request = new Request(`${ORIGIN}/_sandbox/leads/${action}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    const answer = await readAnswer(await open.sandbox.fetch(request));
    return [answer.status, answer.body];
  };
  assert.deepEqual(await control("change", { leads: [{ id: first, name: "C" }], by: MARA }), [
    204,
    null,
  ]);
  assert.deepEqual(await control("delete", { ids: [second] }), [200, { deleted: 1 }]);
  assert.deepEqual(await control("restore", { ids: [second, 1] }), [200, { restored: 1 }]);
  assert.deepEqual(await control("merge", { survivor: first, gone: [second] }), [
    200,
    { isMerged: true },
  ]);
  assert.equal(await nameOf(open, first), "C");
  const [status, body] = await control("change", { leads: [{ id: second, name: "D" }] });
  assert.deepEqual([status, at(body, "validation-errors", 0, "errors", 0, "path")], [400, "id"]);
  assert.equal((await control("merge", { survivor: first }))[0], 400);
});

Deno.test("changeLagMs shows a change of a lead only later, with the time at which it was made", async () => {
  const open = openSandbox();
  const [id] = await addLeads(open, [{ name: "A", price: 10 }]);
  open.sandbox.setSwitches({ changeLagMs: 5000 });
  open.sandbox.clock.advance({ seconds: 10 });
  await open.call("PATCH", `/api/v4/leads/${id}`, { name: "B" });
  open.sandbox.clock.advance({ seconds: 2 });
  await open.call("PATCH", `/api/v4/leads/${id}`, { price: 20 });
  const shown = async () => {
    const list = (await open.call("GET", "/api/v4/leads")).body;
    const one = (await open.call("GET", `/api/v4/leads/${id}`)).body;
    const keys = ["name", "price", "updated_at"];
    const row = keys.map((key) => at(one, key));
    assert.deepEqual(keys.map((key) => at(list, "_embedded", "leads", 0, key)), row);
    return row;
  };
  assert.deepEqual(await shown(), ["A", 10, 1777593600]);
  open.sandbox.clock.advance({ milliseconds: 2999 });
  assert.deepEqual(await shown(), ["A", 10, 1777593600]);
  open.sandbox.clock.advance({ milliseconds: 1 });
  assert.deepEqual(await shown(), ["B", 10, 1777593610]);
  const since = await open.call("GET", "/api/v4/leads?filter[updated_at][from]=1777593612");
  assert.equal(since.status, 204);
  open.sandbox.clock.advance({ seconds: 2 });
  assert.deepEqual(await shown(), ["B", 20, 1777593612]);
});

Deno.test("changeLagMs holds back new, deleted and merged leads too", async () => {
  const open = openSandbox();
  const [kept = 0, merged = 0, trashed = 0] = await addLeads(open, [
    { name: "A" },
    { name: "B" },
    { name: "C" },
  ]);
  open.sandbox.setSwitches({ changeLagMs: 1000 });
  const [fresh] = await addLeads(open, [{ name: "D" }]);
  open.sandbox.leads.delete([trashed]);
  open.sandbox.leads.merge(kept, [merged]);
  const names = async (query: string) => {
    const { status, body } = await open.call("GET", `/api/v4/leads?order[id]=asc&${query}`);
    return status === 204 ? [] : each(body, "leads", "id");
  };
  assert.deepEqual(await names(""), [kept, merged, trashed]);
  assert.deepEqual(await names("with=only_deleted"), []);
  assert.equal(await nameOf(open, fresh), null);
  open.sandbox.clock.advance({ seconds: 1 });
  assert.deepEqual(await names(""), [kept, fresh]);
  assert.deepEqual(await names("with=only_deleted"), [trashed]);
  assert.equal(await nameOf(open, fresh), "D");
});
