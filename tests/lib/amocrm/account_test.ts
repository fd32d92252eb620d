import assert from "node:assert/strict";
import { readAccount } from "../../../lib/amocrm/account.ts";
import { readCatalogs } from "../../../lib/amocrm/catalogs.ts";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { readPipelines } from "../../../lib/amocrm/pipelines.ts";
import { captureLog } from "../../support/logs.ts";
import { type Answer, page, serveAnswers } from "../../support/scripted_server.ts";

const { log } = await captureLog();

/** Calls `read` with a client of a server that gives these answers. */
async function readFrom<T>(
  read: (client: ReturnType<typeof createAmoClient>) => Promise<T>,
  ...answers: readonly Answer[]
): Promise<T> {
  await using server = serveAnswers(...answers);
  return await read(
    createAmoClient({ baseUrl: server.url, token: "t", requestsPerSecond: 1000, log }),
  );
}

function account(timezone: string): Answer {
  return Response.json(
    {
      id: 7,
      name: "Rental Ltd",
      subdomain: "rental",
      _embedded: { datetime_settings: { timezone } },
    },
    { headers: { date: "Sun, 03 May 2026 04:00:00 GMT" } },
  );
}

Deno.test("readAccount() gives subdomain, time zone and the CRM's own time", async () => {
  const { serverTime, ...facts } = await readFrom(readAccount, account("Europe/Moscow"));
  assert.deepEqual(facts, {
    id: 7,
    subdomain: "rental",
    timeZone: "Europe/Moscow",
    isDated: true,
  });
  assert.equal(serverTime.toString(), "2026-05-03T04:00:00Z");
});

Deno.test("readAccount() refuses a time zone that there is not, and an answer of another shape", async () => {
  await assert.rejects(readFrom(readAccount, account("Mars/Base")), {
    message: 'Cannot read /api/v4/account: its time zone is "Mars/Base", expected one like ' +
      `"Asia/Dubai": set it in the account's settings`,
  });
  await assert.rejects(readFrom(readAccount, Response.json({ id: 7 })), {
    message: "Cannot read /api/v4/account: the answer has no id or no time zone, expected both: " +
      "check AMO_BASE_URL",
  });
});

Deno.test("readCatalogs() reads all pages and needs nothing but id and name", async () => {
  const catalogs = await readFrom(
    readCatalogs,
    page("catalogs", [{ id: 1, name: "Cars" }], "/api/v4/catalogs?page=2"),
    page("catalogs", [{ id: 2, name: "Clients", type: "regular" }]),
  );
  assert.deepEqual(catalogs, [{ id: 1, name: "Cars" }, { id: 2, name: "Clients" }]);
  assert.deepEqual(await readFrom(readCatalogs, new Response(null, { status: 204 })), []);
  await assert.rejects(readFrom(readCatalogs, page("catalogs", [{ id: 1 }])), {
    message: "Cannot read /api/v4/catalogs: a catalog has no id or no name, expected both: " +
      "check AMO_BASE_URL",
  });
});

const STATUSES = { statuses: [{ id: 142, name: "Closed", sort: 10_000, color: "#CCFF66" }] };

Deno.test("readPipelines() reads pipelines with their statuses, in one request", async () => {
  const next = { next: { href: "/api/v4/leads/pipelines?page=2" } };
  const answer = Response.json({
    _links: next,
    _embedded: {
      pipelines: [
        { id: 10, name: "Car Rental", is_archive: true, _embedded: STATUSES },
        { id: 11, name: "Other", _embedded: STATUSES },
      ],
    },
  });
  const statuses = [{ id: 142, name: "Closed", sort: 10_000 }];
  assert.deepEqual(await readFrom(readPipelines, answer), [
    { id: 10, name: "Car Rental", is_archive: true, statuses },
    { id: 11, name: "Other", is_archive: false, statuses },
  ]);
});

Deno.test("readPipelines() refuses an empty list, because no account is without a pipeline", async () => {
  const message =
    "Cannot read /api/v4/leads/pipelines: the answer is not a list of pipelines with " +
    "their statuses, expected one: check AMO_BASE_URL";
  for (const answer of [page("pipelines", []), new Response(null, { status: 204 })]) {
    await assert.rejects(readFrom(readPipelines, answer), { message });
  }
});
