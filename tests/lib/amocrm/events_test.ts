import assert from "node:assert/strict";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { type LeadEvent, walkLeadEvents } from "../../../lib/amocrm/events.ts";
import type { SwitchChanges } from "../../../lib/sandbox/account/switches.ts";
import { type ServedSandbox, serveSandbox } from "../../../lib/sandbox/server.ts";
import { captureLog } from "../../support/logs.ts";
import { createAccountWriter } from "../../support/rental_account.ts";
import { page, serveAnswers } from "../../support/scripted_server.ts";

const { log, lines } = await captureLog();
const { signal } = new AbortController();
const AT = 1_777_766_400;

async function walk(url: string, token: string, bounds: { from: number | null; to: number }) {
  const client = createAmoClient({ baseUrl: url, token, requestsPerSecond: 1000, log });
  const events: LeadEvent[] = [];
  const odd: unknown[] = [];
  const count = await walkLeadEvents(client, { ...bounds, log, signal }, (part, rest) => {
    events.push(...part);
    odd.push(...rest);
    return Promise.resolve();
  });
  return { events, odd, count };
}

/** An account with one event `lead_added` in each of so many seconds from 2026-05-03 00:00 UTC on. */
async function openAccount(leads: number, switches: SwitchChanges = {}): Promise<ServedSandbox> {
  const sandbox = serveSandbox({ start: AT, switches: { requestsPerSecond: null, ...switches } });
  sandbox.clock.freeze();
  const writer = createAccountWriter(sandbox.fetch, sandbox.token);
  for (let i = 0; i < leads; i++) {
    await writer.create("/leads", "leads", [{}]);
    sandbox.clock.advance("PT1S");
  }
  sandbox.requests.clear();
  return sandbox;
}

Deno.test("walkLeadEvents() reads the events between two seconds, both included", async () => {
  await using sandbox = await openAccount(120);
  const { events, count } = await walk(sandbox.url, sandbox.token, { from: AT + 5, to: AT + 110 });
  assert.equal(count, 106);
  assert.deepEqual(new Set(events.map(({ type }) => type)), new Set(["lead_added"]));
  assert.deepEqual([events[0]?.createdAt, events.at(-1)?.createdAt], [AT + 110, AT + 5]);
  assert.equal(sandbox.requests.list().length, 2);
});

Deno.test("walkLeadEvents() goes on from the time that it has reached after 50 pages", async () => {
  for (const eventsOrder of ["asc", "desc"] as const) {
    await using sandbox = await openAccount(130, { eventsOrder, eventsPageLimit: 2 });
    const { events } = await walk(sandbox.url, sandbox.token, { from: null, to: AT + 129 });
    assert.deepEqual(
      new Set(events.map(({ createdAt }) => createdAt - AT)),
      new Set(Array.from({ length: 130 }, (_, i) => i)),
    );
    assert.equal(new Set(events.map(({ id }) => id)).size, 130);
    const numbers = sandbox.requests.list().map(({ path }) =>
      Number(new URL(path, "http://x").searchParams.get("page") ?? 1)
    );
    assert.equal(Math.max(...numbers) <= 51, true);
  }
});

Deno.test("walkLeadEvents() reads all events where the account ignores the bounds", async () => {
  await using sandbox = await openAccount(7, { ignoredFilters: ["created_at"] });
  lines.length = 0;
  const { events } = await walk(sandbox.url, sandbox.token, { from: AT + 2, to: AT + 4 });
  assert.deepEqual(events.map(({ createdAt }) => createdAt - AT), [4, 3, 2]);
  assert.deepEqual(lines.filter((line) => line.startsWith("warn")), [
    "warning: amoCRM did not filter events by time as asked: reading all of them",
  ]);
});

Deno.test("walkLeadEvents() leaves out events of other entities, and hands on what has no lead", async () => {
  const whole = { id: "e1", type: "lead_added", entity_id: 5, created_at: AT };
  await using server = serveAnswers(page("events", [
    { ...whole, entity_type: "contact" },
    { ...whole, entity_type: "lead" },
    { ...whole, entity_type: "lead", entity_id: null },
    "text",
  ]));
  const { events, odd } = await walk(server.url, "t", { from: null, to: AT });
  assert.deepEqual(events, [{
    id: "e1",
    type: "lead_added",
    leadId: 5,
    createdAt: AT,
    record: { ...whole, entity_type: "lead" },
  }]);
  assert.deepEqual(odd, [{ ...whole, entity_type: "lead", entity_id: null }, "text"]);
  assert.deepEqual(server.requests, [
    `GET /api/v4/events?filter[entity][]=lead&filter[created_at][to]=${AT}&limit=100`,
  ]);
});

Deno.test("walkLeadEvents() asks for half a page where one is too heavy", async () => {
  await using sandbox = await openAccount(60, { heavyPage: 50 });
  const { count } = await walk(sandbox.url, sandbox.token, { from: null, to: AT + 60 });
  assert.equal(count, 60);
});
