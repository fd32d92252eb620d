import assert from "node:assert/strict";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { scanElements } from "../../../lib/amocrm/element_scan.ts";
import { captureLog } from "../../support/logs.ts";
import { type Answer, page, serveAnswers } from "../../support/scripted_server.ts";

const { log } = await captureLog();
const PATH = "/api/v4/catalogs/7/elements";

async function scan(...answers: readonly Answer[]) {
  await using server = serveAnswers(...answers);
  const client = createAmoClient({ baseUrl: server.url, token: "t", requestsPerSecond: 1000, log });
  const seen: unknown[] = [];
  const progress: number[] = [];
  const count = await scanElements(
    client,
    7,
    (records, observedAt) => {
      seen.push(...records.map((record) => [record, observedAt.toString()]));
      return Promise.resolve();
    },
    (elements) => progress.push(elements),
  );
  return { seen, progress, count, requests: server.requests };
}

Deno.test("scanElements() reads all pages and hands a repeated copy on once", async () => {
  const at = "2026-05-03T04:00:00Z";
  const result = await scan(
    page("elements", [{ id: 1, updated_at: 5 }, { id: 2, updated_at: 5 }], `${PATH}?page=2`),
    page("elements", [{ id: 2, updated_at: 5 }, { id: 1, updated_at: 6 }, { odd: true }]),
  );
  assert.deepEqual(result.seen, [
    [{ id: 1, updated_at: 5 }, at],
    [{ id: 2, updated_at: 5 }, at],
    [{ id: 1, updated_at: 6 }, at],
    [{ odd: true }, at],
  ]);
  assert.deepEqual(result.progress, [2, 4]);
  assert.equal(result.count, 4);
  assert.deepEqual(result.requests, [`GET ${PATH}?limit=250`, `GET ${PATH}?page=2`]);
});

Deno.test("scanElements() gives nothing for an empty catalog", async () => {
  const { seen, count } = await scan(new Response(null, { status: 204 }));
  assert.deepEqual(seen, []);
  assert.equal(count, 0);
});
