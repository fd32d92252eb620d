import assert from "node:assert/strict";
import { addLeads, at, each, openSandbox } from "../../support/sandbox_calls.ts";

Deno.test("journal notes every state of a lead, its events and what was shown when it is kept", async () => {
  const open = openSandbox({ switches: { changeLagMs: 2000 } });
  const { sandbox, call } = open;
  const [before = 0] = await addLeads(open, [{ name: "Unnoted" }]);
  assert.deepEqual(sandbox.journal.list(), []);

  await call("POST", "/_sandbox/journal", { keep: true });
  await call("PATCH", "/api/v4/leads", [{ id: before, price: 250 }]);
  await call("GET", `/api/v4/leads?filter[id]=${before}`);
  sandbox.clock.advance({ seconds: 5 });
  sandbox.leads.delete([before]);
  const { body } = await call("GET", "/_sandbox/journal");
  const entries = Array.isArray(body) ? body : [];
  const start = 1777593600000;
  assert.deepEqual(
    entries.map((entry) => [
      at(entry, "kind"),
      Number(at(entry, "atMs")) - start,
      at(entry, "shownAtMs") === undefined ? null : Number(at(entry, "shownAtMs")) - start,
      at(entry, "shown", "price") ?? null,
      at(entry, "shown", "is_deleted") ?? null,
      at(entry, "event", "type") ?? at(entry, "path") ?? null,
    ]),
    [
      ["event", 0, null, null, null, "sale_field_changed"],
      ["lead", 0, 2000, 250, false, null],
      ["answer", 0, null, null, null, `/api/v4/leads?filter[id]=${before}`],
      ["lead", 5000, 7000, null, true, null],
      ["event", 5000, null, null, null, "lead_deleted"],
    ],
  );
  assert.deepEqual(each(at(entries[2], "body"), "leads", "id"), []);
  const rest = await call("GET", "/_sandbox/journal?skip=4");
  assert.deepEqual(rest.body, entries.slice(4));
  assert.equal((await call("DELETE", "/_sandbox/journal")).status, 204);
  assert.deepEqual(sandbox.journal.list(), []);
});

Deno.test("journal notes every state of an element, and the lead that loses its link to it", async () => {
  const open = openSandbox();
  const { sandbox, call } = open;
  const catalog = await call("POST", "/api/v4/catalogs", [{ name: "Cars" }]);
  const [catalogId] = each(catalog.body, "catalogs", "id");
  const made = await call("POST", `/api/v4/catalogs/${catalogId}/elements`, [{ name: "A 1" }]);
  const [id] = each(made.body, "elements", "id");
  const [lead = 0] = await addLeads(open, [{ name: "L" }]);
  const metadata = { catalog_id: catalogId };
  await call("POST", `/api/v4/leads/${lead}/link`, [
    { to_entity_id: id, to_entity_type: "catalog_elements", metadata },
  ]);
  sandbox.journal.keep(true);
  await call("PATCH", `/api/v4/catalogs/${catalogId}/elements`, [{ id, name: "B 2" }]);
  const request = new Request("https://rental.example/ajax/v1/catalog_elements/set/", {
    method: "POST",
    headers: { authorization: `Bearer ${sandbox.token}` },
    body: `request[catalog_elements][delete][]=${id}`,
  });
  assert.equal((await sandbox.fetch(request)).status, 200);
  assert.deepEqual(
    sandbox.journal.list().map((entry) => [
      at(entry, "kind"),
      at(entry, "id") ?? null,
      at(entry, "shown", "name") ?? null,
      at(entry, "shown", "_embedded", "catalog_elements") ?? null,
    ]),
    [
      ["element", id, "B 2", null],
      ["event", null, null, null],
      ["element", id, null, null],
      ["event", null, null, null],
      ["lead", lead, "L", []],
    ],
  );
});

Deno.test("the fault then makes requests right after a good answer, which bears the time before them", async () => {
  const open = openSandbox();
  const { sandbox, call } = open;
  const [id = 0] = await addLeads(open, [{ name: "L", price: 1 }]);
  sandbox.journal.keep(true);
  sandbox.faults.add({
    kind: "then",
    requests: [
      { method: "POST", path: "/_sandbox/clock", body: { advance: "PT1S" } },
      { method: "PATCH", path: "/api/v4/leads", body: [{ id, price: 2 }] },
    ],
  });
  const answer = await sandbox.fetch(
    new Request("https://rental.example/api/v4/leads", {
      headers: { authorization: `Bearer ${sandbox.token}` },
    }),
  );
  assert.equal(answer.headers.get("date"), "Fri, 01 May 2026 00:00:00 GMT");
  assert.deepEqual(each(await answer.json(), "leads", "price"), [1]);
  const { body } = await call("GET", `/api/v4/leads/${id}`);
  assert.deepEqual([at(body, "price"), at(body, "updated_at")], [2, 1777593601]);
  assert.deepEqual(sandbox.journal.list().map((entry) => [at(entry, "kind"), at(entry, "atMs")]), [
    ["answer", 1777593600000],
    ["event", 1777593601000],
    ["lead", 1777593601000],
    ["answer", 1777593601000],
  ]);
});

Deno.test("journal says whether an answer reached the client", async () => {
  const { sandbox, call } = openSandbox();
  sandbox.journal.keep(true);
  sandbox.faults.add({ kind: "truncated" });
  await assert.rejects(call("GET", "/api/v4/users"), SyntaxError);
  await call("GET", "/api/v4/users");
  assert.deepEqual(sandbox.journal.list().map((entry) => at(entry, "isDelivered")), [false, true]);
});

Deno.test("changeLagMs shows the last state that is not late, also after a time without a lag", async () => {
  const open = openSandbox({ switches: { changeLagMs: 5000 } });
  const { sandbox, call } = open;
  const [id = 0] = await addLeads(open, [{ name: "L", price: 1 }]);
  const change = async (price: number, changeLagMs: number) => {
    sandbox.setSwitches({ changeLagMs });
    sandbox.leads.change([{ id, price }]);
    const { body } = await call("GET", "/api/v4/leads");
    return each(body, "leads", "price");
  };
  assert.deepEqual(await change(2, 5000), []);
  assert.deepEqual(await change(3, 0), [3]);
  sandbox.clock.advance({ seconds: 10 });
  sandbox.setSwitches({ changeLagMs: 0 });
  sandbox.leads.change([{ id, price: 4 }]);
  assert.deepEqual(await change(5, 5000), [4]);
  sandbox.clock.advance({ seconds: 5 });
  assert.deepEqual(each((await call("GET", "/api/v4/leads")).body, "leads", "price"), [5]);
});
