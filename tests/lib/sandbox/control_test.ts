import assert from "node:assert/strict";
import { createSandbox } from "../../../lib/sandbox/sandbox.ts";
import { serveSandbox } from "../../../lib/sandbox/server.ts";
import {
  addLeads,
  at,
  openSandbox,
  ORIGIN,
  readAnswer,
  START,
} from "../../support/sandbox_calls.ts";

Deno.test("/_sandbox/clock sets, advances, freezes and resumes; every timestamp and Date follows", async () => {
  const time = { ms: 0 };
  const open = openSandbox({ realMs: () => time.ms });
  const { call, sandbox } = open;
  assert.deepEqual((await call("GET", "/_sandbox/clock")).body, {
    now: "2026-05-01T00:00:00Z",
    isFrozen: false,
  });
  time.ms = 1500;
  const frozen = await call("POST", "/_sandbox/clock", { freeze: true });
  assert.deepEqual(frozen.body, { now: "2026-05-01T00:00:01.5Z", isFrozen: true });
  time.ms = 9000;
  const moved = await call("POST", "/_sandbox/clock", { advance: "P1DT2H" });
  assert.deepEqual(moved.body, { now: "2026-05-02T02:00:01.5Z", isFrozen: true });
  const set = await call("POST", "/_sandbox/clock", { set: "2026-06-01T10:00:00+04:00" });
  assert.deepEqual(set.body, { now: "2026-06-01T06:00:00Z", isFrozen: true });
  const [id] = await addLeads(open, [{}]);
  const lead = await call("GET", `/api/v4/leads/${id}`);
  assert.equal(at(lead.body, "created_at"), 1780293600);
  const request = new Request(`${ORIGIN}/api/v4/account`);
  assert.equal(
    (await sandbox.fetch(request)).headers.get("date"),
    "Mon, 01 Jun 2026 06:00:00 GMT",
  );
  await call("POST", "/_sandbox/clock", { set: 1780293000, freeze: false });
  time.ms = 10_000;
  assert.deepEqual((await call("GET", "/_sandbox/clock")).body, {
    now: "2026-06-01T05:50:01Z",
    isFrozen: false,
  });
});

Deno.test("/_sandbox/faults adds and clears faults without touching the log", async () => {
  const { call, sandbox } = openSandbox();
  const fault = { kind: "status", status: 500 };
  assert.equal((await call("POST", "/_sandbox/faults", { fault, when: { times: 2 } })).status, 204);
  assert.equal((await call("GET", "/api/v4/account")).status, 500);
  assert.equal((await call("DELETE", "/_sandbox/faults")).status, 204);
  assert.equal((await call("GET", "/api/v4/account")).status, 200);
  assert.deepEqual(sandbox.requests.list().map(({ path }) => path), [
    "/api/v4/account",
    "/api/v4/account",
  ]);
});

Deno.test("/_sandbox/switches changes the named switches and leaves the others", async () => {
  const { call } = openSandbox({ switches: { nextOnLastPage: true } });
  await call("POST", "/_sandbox/switches", { missingLeadStatus: 404 });
  assert.equal((await call("GET", "/api/v4/leads/1")).status, 404);
  await call("POST", "/api/v4/leads", [{}]);
  const { body } = await call("GET", "/api/v4/leads");
  assert.equal(at(body, "_links", "next", "href"), `${ORIGIN}/api/v4/leads?page=2&limit=50`);
});

Deno.test("/_sandbox/requests lists method, path with query, status and real time, and clears", async () => {
  const time = { ms: 12.5 };
  const { call } = openSandbox({ realMs: () => time.ms });
  await call("GET", "/api/v4/leads?limit=5&filter[id]=1");
  time.ms = 20;
  await call("PATCH", "/api/v4/leads/1", {});
  assert.deepEqual((await call("GET", "/_sandbox/requests")).body, [
    { method: "GET", path: "/api/v4/leads?limit=5&filter[id]=1", status: 204, atMs: 12.5 },
    { method: "PATCH", path: "/api/v4/leads/1", status: 400, atMs: 20 },
  ]);
  assert.equal((await call("DELETE", "/_sandbox/requests")).status, 204);
  assert.deepEqual((await call("GET", "/_sandbox/requests")).body, []);
});

Deno.test("/_sandbox/tokens issues a token of a scope", async () => {
  const { call, sandbox } = openSandbox();
  const { body } = await call("POST", "/_sandbox/tokens", { scope: "read" });
  const request = new Request(`${ORIGIN}/api/v4/leads`, {
    method: "POST",
    headers: { authorization: `Bearer ${at(body, "token")}` },
    body: "[]",
  });
  assert.equal((await sandbox.fetch(request)).status, 403);
});

const WRONG: readonly [string, unknown][] = [
  ["clock", { set: "tomorrow" }],
  ["clock", { advance: "soon" }],
  ["clock", { jump: 1 }],
  ["faults", { fault: { kind: "earthquake" } }],
  ["faults", { fault: { kind: "reset" }, when: { sometimes: true } }],
  ["switches", { gravity: 9 }],
  ["switches", { latencyMs: "slow" }],
  ["tokens", { scope: "all" }],
];

for (const [route, body] of WRONG) {
  Deno.test(`/_sandbox/${route} refuses ${JSON.stringify(body)} with 400`, async () => {
    const answer = await openSandbox().call("POST", `/_sandbox/${route}`, body);
    assert.deepEqual([answer.status, typeof at(answer.body, "error")], [400, "string"]);
  });
}

Deno.test("control routes need no token, know no limit, and answer 404 for what is not there", async () => {
  const sandbox = createSandbox({
    start: START,
    realMs: () => 0,
    switches: { requestsPerSecond: 1 },
  });
  for (let index = 0; index < 3; index++) {
    const response = await sandbox.fetch(new Request(`${ORIGIN}/_sandbox/requests`));
    assert.equal(response.status, 200);
  }
  const missing = await sandbox.fetch(new Request(`${ORIGIN}/_sandbox/volcano`));
  assert.deepEqual(await readAnswer(missing), {
    status: 404,
    type: "application/json",
    body: { error: "There is no such control route" },
  });
});

Deno.test("POST and DELETE of /_sandbox/users take people on and let them go", async () => {
  const { sandbox, call } = openSandbox();
  const control = async (method: string, path: string, body?: object) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return await readAnswer(await sandbox.fetch(new Request(`${ORIGIN}/_sandbox/${path}`, init)));
  };
  const created = await control("POST", "users", { name: "Leila", email: "leila@example.com" });
  assert.deepEqual(created.body, { id: 10006354 });
  const shown = await call("GET", "/api/v4/users/10006354");
  assert.deepEqual([at(shown.body, "name"), at(shown.body, "email")], [
    "Leila",
    "leila@example.com",
  ]);
  assert.equal((await control("DELETE", "users/10006354")).status, 204);
  assert.equal((await call("GET", "/api/v4/users/10006354")).status, 204);
  assert.equal((await control("DELETE", "users/10006354")).status, 404);
  assert.equal((await control("POST", "users", { name: "Leila" })).status, 400);
});

Deno.test("serveSandbox() is steered over HTTP and sends the sandbox's Date", async () => {
  await using sandbox = serveSandbox({ start: START, switches: { requestsPerSecond: null } });
  assert.match(sandbox.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const clock = await fetch(`${sandbox.url}/_sandbox/clock`, {
    method: "POST",
    body: JSON.stringify({ freeze: true, set: "2026-07-01T00:00:00Z" }),
  });
  assert.deepEqual(await clock.json(), { now: "2026-07-01T00:00:00Z", isFrozen: true });
  const response = await fetch(`${sandbox.url}/api/v4/account`, {
    headers: { authorization: `Bearer ${sandbox.token}` },
  });
  assert.equal(response.headers.get("date"), "Wed, 01 Jul 2026 00:00:00 GMT");
  assert.equal(
    at(await response.json(), "_links", "self", "href"),
    `${sandbox.url}/api/v4/account`,
  );
});

Deno.test("serveSandbox() throws AddrInUse on a taken port", async () => {
  await using sandbox = serveSandbox();
  const port = Number(new URL(sandbox.url).port);
  assert.throws(() => serveSandbox({ port }), Deno.errors.AddrInUse);
});
