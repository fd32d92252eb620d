import assert from "node:assert/strict";
import { at, each, openSandbox, ORIGIN } from "../../support/sandbox_calls.ts";

const ACCOUNT = {
  id: 31000783,
  name: "rental",
  subdomain: "rental",
  created_at: 1777593600,
  created_by: 0,
  updated_at: 1777593600,
  updated_by: 0,
  current_user_id: 10006346,
  country: "AE",
  currency: "EUR",
  currency_symbol: "EUR",
  customers_mode: "disabled",
  is_unsorted_on: true,
  mobile_feature_version: 0,
  is_loss_reason_enabled: true,
  is_helpbot_enabled: false,
  is_technical_account: false,
  contact_name_display_order: 1,
  _links: { self: { href: `${ORIGIN}/api/v4/account` } },
};

Deno.test("GET /account gives optional parts only when asked", async () => {
  const { call } = openSandbox({
    subdomain: "rental",
    currency: "EUR",
    timezone: "Europe/Berlin",
  });
  assert.deepEqual((await call("GET", "/api/v4/account")).body, { ...ACCOUNT, _embedded: {} });
  const { body } = await call("GET", "/api/v4/account?with=version,datetime_settings");
  assert.deepEqual(body, {
    ...ACCOUNT,
    version: 26,
    _embedded: {
      datetime_settings: {
        date_pattern: "d.m.Y H:i",
        short_date_pattern: "d.m.Y",
        short_time_pattern: "H:i",
        date_format: "d.m.Y",
        time_format: "H:i:s",
        timezone: "Europe/Berlin",
        timezone_offset: "+02:00",
      },
    },
  });
});

Deno.test("GET /users lists an administrator and two managers with totals", async () => {
  const { call } = openSandbox();
  const { body } = await call("GET", "/api/v4/users");
  assert.deepEqual(
    ["_total_items", "_page_count", "_page"].map((key) => at(body, key)),
    [3, 1, 1],
  );
  assert.deepEqual(each(body, "users", "id"), [10006346, 10006348, 10006351]);
  assert.deepEqual(each(body, "users", "email"), [
    "admin@example.com",
    "mara@example.com",
    "omar@example.com",
  ]);
  const rights = async (id: number) =>
    at((await call("GET", `/api/v4/users/${id}`)).body, "rights", "is_admin");
  assert.deepEqual([await rights(10006346), await rights(10006348)], [true, false]);
  assert.equal((await call("GET", "/api/v4/users/1")).status, 204);
});

Deno.test("a lead is given to another user, with an event, and to nobody who has left", async () => {
  const { sandbox, call } = openSandbox();
  const leila = sandbox.addUser({ name: "Leila", email: "leila@example.com" });
  await call("POST", "/api/v4/leads", [
    { name: "A", responsible_user_id: 10006348, created_by: 10006351 },
  ]);
  const patch = { responsible_user_id: leila, updated_by: leila };
  assert.equal((await call("PATCH", "/api/v4/leads/38004285", patch)).status, 200);
  const lead = (await call("GET", "/api/v4/leads/38004285")).body;
  assert.deepEqual(
    ["responsible_user_id", "created_by", "updated_by"].map((key) => at(lead, key)),
    [leila, 10006351, leila],
  );
  const events = await call("GET", "/api/v4/events?filter[type]=entity_responsible_changed");
  const event = at(events.body, "_embedded", "events", 0);
  assert.deepEqual(
    ["created_by", "value_before", "value_after"].map((key) => at(event, key)),
    [leila, [{ responsible_user: { id: 10006348 } }], [{ responsible_user: { id: leila } }]],
  );
  assert.equal(sandbox.removeUser(leila), true);
  assert.equal(sandbox.removeUser(leila), false);
  const { body } = await call("PATCH", "/api/v4/leads/38004285", patch);
  const errors = at(body, "validation-errors", 0, "errors");
  assert.deepEqual(
    [0, 1].map((index) => at(errors, index, "path")),
    ["updated_by", "responsible_user_id"],
  );
  const after = (await call("GET", "/api/v4/leads/38004285")).body;
  assert.equal(at(after, "responsible_user_id"), leila);
  assert.equal(each((await call("GET", "/api/v4/users")).body, "users", "id").length, 3);
});

Deno.test("unknown routes answer a problem below /api and a page elsewhere", async () => {
  const { call } = openSandbox();
  assert.deepEqual(await call("PUT", "/api/v4/nothing?x=1"), {
    status: 404,
    type: "application/problem+json",
    body: {
      title: "Not Found",
      type: "https://httpstatus.es/404",
      status: 404,
      detail: `Cannot PUT ${ORIGIN}/api/v4/nothing?x=1!`,
    },
  });
  const page = await call("POST", "/ajax/nothing/");
  assert.deepEqual([page.status, page.type], [404, "text/html"]);
});

Deno.test("an error of the application carries an X-Request-Id of its own, an answer does not", async () => {
  const { sandbox } = openSandbox();
  const idOf = async (path: string) => {
    const headers = { authorization: `Bearer ${sandbox.token}` };
    const response = await sandbox.fetch(new Request(`${ORIGIN}${path}`, { headers }));
    await response.body?.cancel();
    return response.headers.get("x-request-id");
  };
  const [first, second] = [await idOf("/api/v4/nothing"), await idOf("/api/v4/nothing")];
  assert.match(String(first), /^[0-9a-f]{32}$/);
  assert.notEqual(first, second);
  assert.equal(await idOf("/api/v4/account"), null);
});

Deno.test("tags and loss reasons of leads are created, found and not doubled", async () => {
  const { call } = openSandbox();
  const tags = await call("POST", "/api/v4/leads/tags", [
    { name: "VIP", color: "FF8F92" },
    { name: "vip" },
    { name: "Late" },
  ]);
  assert.deepEqual(at(tags.body, "_embedded", "tags"), [
    { id: 307952, name: "VIP", color: "FF8F92", request_id: "0" },
    { id: 307952, name: "VIP", color: "FF8F92", request_id: "1" },
    { id: 307954, name: "Late", color: null, request_id: "2" },
  ]);
  const found = await call("GET", "/api/v4/leads/tags?query=lat");
  assert.deepEqual(each(found.body, "tags", "name"), ["Late"]);
  assert.equal((await call("GET", "/api/v4/leads/loss_reasons")).status, 204);
  await call("POST", "/api/v4/leads/loss_reasons", [{ name: "Too dear" }]);
  const reasons = await call("GET", "/api/v4/leads/loss_reasons");
  assert.deepEqual(each(reasons.body, "loss_reasons", "name"), ["Too dear"]);
});

Deno.test("contacts are created, ordered by name and, unlike leads, not by created_at", async () => {
  const { call } = openSandbox();
  await call("POST", "/api/v4/contacts", [
    { name: "Zoe", created_at: 100 },
    { first_name: "Ann", last_name: "Lee", created_at: 200 },
  ]);
  const names = async (query: string) =>
    each((await call("GET", `/api/v4/contacts?${query}`)).body, "contacts", "name");
  assert.deepEqual(await names("order[name]=asc"), ["Ann Lee", "Zoe"]);
  assert.deepEqual(await names("order[created_at]=desc"), ["Zoe", "Ann Lee"]);
  assert.deepEqual(await names("query=lee"), ["Ann Lee"]);
  const { body } = await call("PATCH", "/api/v4/contacts/67000467", { name: "Zoe B" });
  assert.equal(at(body, "name"), "Zoe B");
});
