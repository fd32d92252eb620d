import assert from "node:assert/strict";
import { AmoBan } from "../../../lib/amocrm/answers.ts";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { lookUp, lookUpOne } from "../../../lib/amocrm/look_up.ts";
import { serveSandbox } from "../../../lib/sandbox/server.ts";
import { captureLog } from "../../support/logs.ts";
import { createAccountWriter } from "../../support/rental_account.ts";
import { html, page, serveAnswers } from "../../support/scripted_server.ts";

const { log } = await captureLog();
const ROUTE = { path: "/api/v4/leads", list: "leads", query: {} };
const { signal } = new AbortController();

function openClient(baseUrl: string, token = "t") {
  return createAmoClient({ baseUrl, token, requestsPerSecond: 1000, log, retry: { tries: 1 } });
}

async function openAccount(leads: number) {
  const sandbox = serveSandbox({ switches: { requestsPerSecond: null } });
  const writer = createAccountWriter(sandbox.fetch, sandbox.token);
  const ids = await writer.create("/leads", "leads", Array.from({ length: leads }, () => ({})));
  sandbox.requests.clear();
  return { sandbox, ids, client: openClient(sandbox.url, sandbox.token) };
}

Deno.test("lookUp() asks for 100 ids at once, and for fewer where that is too much", async () => {
  const { sandbox, ids, client } = await openAccount(210);
  await using _ = sandbox;
  sandbox.leads.delete([ids[3] ?? 0]);
  const seen: number[] = [];
  const sink = (shown: readonly { id: number }[]) => {
    seen.push(...shown.map(({ id }) => id));
    return Promise.resolve();
  };
  const found = await lookUp(client, ROUTE, ids, signal, sink);
  assert.deepEqual(seen.toSorted(), ids.filter((_, i) => i !== 3).toSorted());
  assert.equal(found.shown.size, 209);
  assert.equal(found.isHonoured, true);
  assert.equal(sandbox.requests.list().length, 3);

  sandbox.setSwitches({ heavyPage: 60 });
  sandbox.requests.clear();
  const again = await lookUp(client, ROUTE, ids, signal, sink);
  assert.equal(again.shown.size, 209);
  // 100 in vain, then 50 + 50 + 50 + 50 + 10.
  assert.equal(sandbox.requests.list().length, 6);
});

Deno.test("lookUp() asks for half of the ids where the address is too long", async () => {
  await using server = serveAnswers(
    html(414),
    page("leads", [{ id: 1 }, { id: 2 }]),
    page("leads", [{ id: 12 }]),
    new Response(null, { status: 204 }),
  );
  const ids = Array.from({ length: 100 }, (_, i) => i + 1);
  const found = await lookUp(openClient(server.url), ROUTE, ids, signal, () => Promise.resolve());
  assert.deepEqual([...found.shown], [1, 2]);
  assert.equal(found.isHonoured, false);
  assert.deepEqual(
    server.requests.map((text) => text.split("filter[id]").length - 1),
    [100, 50, 50],
  );
});

Deno.test("lookUp() takes only what was asked for when the account ignores the filter", async () => {
  const { sandbox, ids, client } = await openAccount(5);
  await using _ = sandbox;
  sandbox.setSwitches({ ignoredFilters: ["id"] });
  const [first = 0] = ids;
  const found = await lookUp(client, ROUTE, [first, 99], signal, (shown) => {
    assert.deepEqual(shown.map(({ id }) => id), [first]);
    return Promise.resolve();
  });
  assert.deepEqual(found, { shown: new Set([first]), isHonoured: false });
});

Deno.test("lookUp() follows a page that came short", async () => {
  const { sandbox, ids, client } = await openAccount(4);
  await using _ = sandbox;
  sandbox.setSwitches({ shortPage: { page: 1, missing: 3 } });
  const found = await lookUp(client, ROUTE, ids, signal, () => Promise.resolve());
  assert.deepEqual([...found.shown], ids);
});

Deno.test("lookUpOne() tells a record that is shown, refused, gone or unclear", async () => {
  const ask = async (answer: Response) => {
    await using server = serveAnswers(answer);
    return (await lookUpOne(openClient(server.url), ROUTE, 7, signal)).kind;
  };
  assert.equal(await ask(Response.json({ id: 7 })), "shown");
  assert.equal(await ask(new Response(null, { status: 204 })), "gone");
  assert.equal(await ask(Response.json({ title: "Not found" }, { status: 404 })), "gone");
  assert.equal(await ask(Response.json({ title: "Forbidden" }, { status: 403 })), "refused");
  assert.equal(await ask(Response.json({ id: 8 })), "unknown");
  assert.equal(await ask(Response.json({ title: "Gone" }, { status: 410 })), "unknown");
  await assert.rejects(ask(html(403)), AmoBan);
  await assert.rejects(ask(Response.json({ title: "Unauthorized" }, { status: 401 })), {
    name: "AmoError",
  });
});
