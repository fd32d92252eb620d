import assert from "node:assert/strict";
import { ConnectionReset } from "../../../lib/sandbox/fault_answers.ts";
import type { Fault } from "../../../lib/sandbox/faults.ts";
import { type ServedSandbox, serveSandbox } from "../../../lib/sandbox/server.ts";
import {
  addLeads,
  at,
  each,
  openSandbox,
  ORIGIN,
  readAnswer,
} from "../../support/sandbox_calls.ts";

function serve(): ServedSandbox {
  return serveSandbox({ switches: { requestsPerSecond: null } });
}

async function get(sandbox: ServedSandbox, path = "/api/v4/account"): Promise<Response> {
  const headers = { authorization: `Bearer ${sandbox.token}` };
  return await fetch(sandbox.url + path, { headers });
}

for (const status of [403, 429, 500, 504]) {
  Deno.test(`a fault answers ${status} once, as a page`, async () => {
    await using sandbox = serve();
    sandbox.faults.add({ kind: "status", status });
    const answer = await readAnswer(await get(sandbox));
    assert.deepEqual([answer.status, answer.type], [status, "text/html"]);
    const next = await get(sandbox);
    assert.equal(next.status, 200);
    await next.body?.cancel();
  });
}

Deno.test("a status fault can come as a problem or without a body", async () => {
  await using sandbox = serve();
  sandbox.faults.add({ kind: "status", status: 402, body: "problem" });
  sandbox.faults.add({ kind: "status", status: 503, body: "empty" });
  assert.deepEqual(await readAnswer(await get(sandbox)), {
    status: 402,
    type: "application/problem+json",
    body: {
      title: "Payment Required",
      type: "https://httpstatus.es/402",
      status: 402,
      detail: "Fault on demand",
    },
  });
  assert.deepEqual(await readAnswer(await get(sandbox)), { status: 503, type: null, body: null });
});

Deno.test("a truncated answer is 200 with JSON that does not parse, also for an empty list", async () => {
  await using sandbox = serve();
  sandbox.faults.add({ kind: "truncated" }, { times: 2 });
  for (const path of ["/api/v4/account", "/api/v4/leads"]) {
    const response = await get(sandbox, path);
    assert.deepEqual([response.status, response.headers.get("content-type")], [
      200,
      "application/hal+json",
    ]);
    const text = await response.text();
    assert.equal(text[0], "{");
    assert.throws(() => JSON.parse(text), SyntaxError);
  }
});

Deno.test("a reset closes the connection without an answer and does nothing", async () => {
  await using sandbox = serve();
  await (await get(sandbox)).body?.cancel();
  sandbox.faults.add({ kind: "reset" }, { method: "POST" });
  const post = () =>
    fetch(`${sandbox.url}/api/v4/leads`, {
      method: "POST",
      headers: { authorization: `Bearer ${sandbox.token}` },
      body: JSON.stringify([{ name: "A" }]),
    });
  await assert.rejects(post, TypeError);
  assert.equal((await get(sandbox, "/api/v4/leads")).status, 204);
  const written = await post();
  assert.equal(written.status, 200);
  await written.body?.cancel();
  const seen = sandbox.requests.list().map(({ method, status }) => [method, status]);
  assert.deepEqual(seen, [["GET", 200], ["POST", 0], ["GET", 204], ["POST", 200]]);
});

const DONE_ALL_THE_SAME: readonly (readonly [string, Fault])[] = [
  ["a lost answer", { kind: "lost" }],
  ["a 504 with isDone", { kind: "status", status: 504, isDone: true }],
];

for (const [what, fault] of DONE_ALL_THE_SAME) {
  Deno.test(`${what} hides that the request was carried out`, async () => {
    await using sandbox = serve();
    sandbox.faults.add(fault, { method: "POST" });
    const status = await fetch(`${sandbox.url}/api/v4/leads`, {
      method: "POST",
      headers: { authorization: `Bearer ${sandbox.token}` },
      body: JSON.stringify([{ name: "A" }]),
    }).then(async (response) => {
      await response.body?.cancel();
      return response.status;
    }, () => "no answer");
    assert.equal(status, fault.kind === "lost" ? "no answer" : 504);
    const { body } = await readAnswer(await get(sandbox, "/api/v4/leads"));
    assert.deepEqual(each(body, "leads", "name"), ["A"]);
  });
}

Deno.test("a reset is not repeated in silence by a client that has been answered before", async () => {
  await using sandbox = serve();
  await (await get(sandbox)).body?.cancel();
  sandbox.faults.add({ kind: "reset" });
  await assert.rejects(() => get(sandbox), TypeError);
  assert.deepEqual(sandbox.requests.list().map(({ status }) => status), [200, 0]);
});

Deno.test("a slow answer comes after its time and not before", async () => {
  await using sandbox = serve();
  sandbox.faults.add({ kind: "slow", ms: 60 });
  const began = performance.now();
  const response = await get(sandbox);
  const tookMs = performance.now() - began;
  assert.equal(response.status, 200);
  await response.body?.cancel();
  assert.ok(tookMs >= 59, `it took ${tookMs} ms`);
});

Deno.test({
  name: "a client that gives up on a slow answer, and the end of the server, leave nothing behind",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    const sandbox = serve();
    sandbox.faults.add({ kind: "slow", ms: 3_600_000 }, { times: 2 });
    const headers = { authorization: `Bearer ${sandbox.token}` };
    const giveUp = new AbortController();
    const given = fetch(`${sandbox.url}/api/v4/account`, { headers, signal: giveUp.signal });
    const cut = fetch(`${sandbox.url}/api/v4/account`, { headers });
    const both = Promise.allSettled([given, cut]);
    while (sandbox.requests.list().length < 2) await new Promise((done) => setTimeout(done, 1));
    giveUp.abort();
    await sandbox[Symbol.asyncDispose]();
    assert.deepEqual((await both).map(({ status }) => status), ["rejected", "rejected"]);
  },
});

Deno.test("faults choose their requests by path, method, count and how many go before", async () => {
  const { sandbox, call } = openSandbox();
  sandbox.faults.add({ kind: "status", status: 500 }, {
    path: "/api/v4/leads",
    method: "get",
    after: 1,
    times: 2,
  });
  sandbox.faults.add({ kind: "status", status: 504 }, { path: "/api/v4/users" });
  const statuses: number[] = [];
  for (
    const [method, path] of [
      ["GET", "/api/v4/leads"],
      ["POST", "/api/v4/leads"],
      ["GET", "/api/v4/leads?page=2"],
      ["GET", "/api/v4/account"],
      ["GET", "/api/v4/leads/pipelines"],
      ["GET", "/api/v4/leads/pipelines"],
      ["GET", "/api/v4/users"],
      ["GET", "/api/v4/users"],
    ] as const
  ) {
    statuses.push((await call(method, path, method === "POST" ? [{}] : undefined)).status);
  }
  assert.deepEqual(statuses, [204, 200, 500, 200, 500, 200, 504, 200]);
});

Deno.test("clear() forgets faults, add() refuses one that does not exist", async () => {
  const { sandbox, call } = openSandbox();
  sandbox.faults.add({ kind: "reset" });
  sandbox.faults.clear();
  assert.equal((await call("GET", "/api/v4/account")).status, 200);
  const odd: Fault = JSON.parse(`{"kind":"earthquake"}`);
  assert.throws(() => sandbox.faults.add(odd), { name: "ZodError" });
});

Deno.test("Sandbox.fetch rejects with ConnectionReset for a reset", async () => {
  const { sandbox } = openSandbox();
  sandbox.faults.add({ kind: "reset" });
  await assert.rejects(
    () => sandbox.fetch(new Request(`${ORIGIN}/api/v4/account`)),
    ConnectionReset,
  );
});

Deno.test("touch_leads answers well and then touches leads of that page, opening no other change", async () => {
  const open = openSandbox({ switches: { eventsOrder: "asc" } });
  await addLeads(open, [{ name: "A" }, { name: "B" }, { name: "C" }]);
  open.sandbox.clock.advance({ seconds: 9 });
  open.sandbox.faults.add({ kind: "touch_leads", count: 2 });
  const during = await open.call("GET", "/api/v4/leads?order[id]=desc&limit=2");
  assert.deepEqual(each(during.body, "leads", "updated_at"), [1777593600, 1777593600]);
  const after = await open.call("GET", "/api/v4/leads");
  assert.deepEqual(each(after.body, "leads", "name"), ["A", "B", "C"]);
  assert.deepEqual(each(after.body, "leads", "updated_at"), [1777593600, 1777593609, 1777593609]);
  assert.deepEqual(each(after.body, "leads", "updated_by"), [0, 10006346, 10006346]);
  const events = await open.call("GET", "/api/v4/events");
  assert.deepEqual(each(events.body, "events", "type"), ["lead_added", "lead_added", "lead_added"]);
});

Deno.test("delete_lead answers well and then trashes the first lead of that page", async () => {
  const open = openSandbox();
  const [first, second] = await addLeads(open, [{ name: "A" }, { name: "B" }]);
  open.sandbox.faults.add({ kind: "delete_lead" }, { path: "/api/v4/account" });
  open.sandbox.faults.add({ kind: "delete_lead" });
  const during = await open.call("GET", "/api/v4/leads?order[id]=desc");
  assert.deepEqual(each(during.body, "leads", "id"), [second, first]);
  const trash = await open.call("GET", "/api/v4/leads?with=only_deleted");
  assert.deepEqual(each(trash.body, "leads", "id"), [second]);
  // An answer without leads: the oldest one goes.
  await open.call("GET", "/api/v4/account");
  assert.equal((await open.call("GET", "/api/v4/leads")).status, 204);
  const events = await open.call("GET", "/api/v4/events?filter[type]=lead_deleted");
  assert.deepEqual(each(events.body, "events", "entity_id"), [first, second]);
  assert.deepEqual(at(events.body, "_embedded", "events", 0, "value_after"), []);
});
