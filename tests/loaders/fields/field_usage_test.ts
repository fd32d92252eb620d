import assert from "node:assert/strict";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { readFieldUsage } from "../../../loaders/fields/field_usage.ts";
import { captureLog } from "../../support/logs.ts";
import { type Answer, page, serveAnswers } from "../../support/scripted_server.ts";

const { log } = await captureLog();

function lead(id: number, createdAt: number, values: Readonly<Record<number, string>> | null) {
  const fields = values === null ? null : Object.entries(values)
    .map(([fieldId, value]) => ({ field_id: Number(fieldId), values: [{ value }] }));
  return {
    id,
    created_at: createdAt,
    updated_at: createdAt,
    pipeline_id: id % 2,
    custom_fields_values: fields,
  };
}

async function read(...answers: readonly Answer[]) {
  await using server = serveAnswers(...answers);
  const client = createAmoClient({ baseUrl: server.url, token: "t", requestsPerSecond: 1000, log });
  const { signal } = new AbortController();
  const usage = await readFieldUsage({ client, log, signal });
  return { usage, requests: server.requests };
}

Deno.test("readFieldUsage() gives the values of leads of all pipelines by field", async () => {
  const { usage, requests } = await read(
    page("leads", [lead(1, 100, { 5: "a", 6: "b" }), lead(2, 200, { 5: "c" }), lead(3, 300, null)]),
  );

  assert.deepEqual([...usage].map(([id, values]) => [id, [...values]]), [
    [5, [[1, [{ value: "a" }]], [2, [{ value: "c" }]]]],
    [6, [[1, [{ value: "b" }]]]],
  ]);
  assert.ok(requests.every((request) => !request.includes("pipeline_id")), requests.join());
});

Deno.test("readFieldUsage() refuses to count where leads do not come in the order asked for", async () => {
  const leads = page("leads", [lead(1, 200, null), lead(2, 100, { 5: "a" })]);

  await assert.rejects(read(leads), {
    name: "AmoError",
    message:
      "Cannot count the values of fields: amoCRM did not order leads as asked, expected all of " +
      "them: run again later",
  });
});

Deno.test("readFieldUsage() refuses leads of a shape that it does not know", async () => {
  const odd = { ...lead(1, 100, null), custom_fields_values: "none" };

  await assert.rejects(read(page("leads", [odd])), {
    name: "AmoError",
    message:
      "Cannot count the values of fields: a lead has no id or no list of values, expected both: " +
      "check AMO_BASE_URL",
  });
});
