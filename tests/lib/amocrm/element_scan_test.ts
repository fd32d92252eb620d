import assert from "node:assert/strict";
import { z } from "zod";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { scanElements } from "../../../lib/amocrm/element_scan.ts";
import { captureLog } from "../../support/logs.ts";
import { serveSandbox } from "../../../lib/sandbox/server.ts";
import { createRentalAccount } from "../../support/rental_account.ts";
import { type Answer, page, serveAnswers } from "../../support/scripted_server.ts";

const { log } = await captureLog();
const elementsShape = z.array(z.object({ id: z.int() }));
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

Deno.test("scanElements() reads each element once where a page is too heavy, on the way too", async () => {
  await using sandbox = serveSandbox({ switches: { requestsPerSecond: null } });
  const account = await createRentalAccount(sandbox.fetch, sandbox.token);
  const path = `/catalogs/${account.carsCatalogId}/elements`;
  const cars = Array.from({ length: 700 }, (_, i) => ({ name: `Car ${i}` }));
  const ids = await account.create(path, "elements", cars);
  const { url: baseUrl, token } = sandbox;
  const client = createAmoClient({ baseUrl, token, requestsPerSecond: 1000, log });
  for (const heavyPage of [100, 10]) {
    sandbox.setSwitches({ heavyPage: null });
    const seen: number[] = [];
    const count = await scanElements(client, account.carsCatalogId, (records) => {
      seen.push(...elementsShape.parse(records).map(({ id }) => id));
      // The first page is whole, and the second one is on its way.
      sandbox.setSwitches({ heavyPage });
      return Promise.resolve();
    });
    assert.equal(count, 700);
    assert.deepEqual(seen, ids);
    const again = await scanElements(client, account.carsCatalogId, () => Promise.resolve());
    assert.equal(again, 700);
  }
});
