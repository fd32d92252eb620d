import assert from "node:assert/strict";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { readLeadTrash } from "../../../lib/amocrm/lead_trash.ts";
import { serveSandbox } from "../../../lib/sandbox/server.ts";
import { captureLog } from "../../support/logs.ts";
import { createAccountWriter } from "../../support/rental_account.ts";
import { page, serveAnswers } from "../../support/scripted_server.ts";

const { log, lines } = await captureLog();
const { signal } = new AbortController();

async function read(url: string, token: string, settled: readonly number[], isWhole = false) {
  const client = createAmoClient({ baseUrl: url, token, requestsPerSecond: 1000, log });
  const ids: number[] = [];
  const countSettled = (page: readonly number[]) =>
    Promise.resolve(page.filter((id) => settled.includes(id)).length);
  const count = await readLeadTrash(
    client,
    { isWhole, countSettled, log, signal },
    (rows) => {
      ids.push(...rows.map(({ id }) => id));
      return Promise.resolve();
    },
  );
  return { ids, count };
}

Deno.test("readLeadTrash() ends with the first page that is settled, and reads all when told", async () => {
  await using sandbox = serveSandbox({ start: 0, switches: { requestsPerSecond: null } });
  sandbox.clock.freeze();
  const writer = createAccountWriter(sandbox.fetch, sandbox.token);
  const ids = await writer.create("/leads", "leads", Array.from({ length: 600 }, () => ({})));
  const trash = async (part: readonly number[]) => {
    sandbox.clock.advance("PT1M");
    await writer.trash(part);
  };
  const [old, middle, fresh] = [ids.slice(0, 250), ids.slice(250, 500), ids.slice(500, 510)];
  for (const part of [old, middle, fresh]) await trash(part);
  sandbox.requests.clear();
  const { url, token } = sandbox;

  const some = await read(url, token, [...old, ...middle]);
  assert.equal(some.count, 500);
  assert.deepEqual(new Set(some.ids.slice(0, 10)), new Set(fresh));
  assert.equal(sandbox.requests.list().length, 2);

  sandbox.requests.clear();
  assert.equal((await read(url, token, [...old, ...middle, ...fresh])).count, 250);
  assert.equal(sandbox.requests.list().length, 1);
  assert.equal((await read(url, token, ids, true)).count, 510);

  sandbox.setSwitches({ heavyPage: 100 });
  const all = await read(url, token, ids, true);
  assert.deepEqual(new Set(all.ids), new Set([...old, ...middle, ...fresh]));
});

Deno.test("readLeadTrash() goes on where the order is not kept", async () => {
  const row = (id: number, updated_at: number) => ({ id, updated_at, is_deleted: true });
  await using server = serveAnswers(
    page("leads", [row(1, 5), row(2, 9)], "/api/v4/leads?page=2"),
    page("leads", [row(3, 1)]),
  );
  assert.deepEqual(await read(server.url, "t", [1, 2]), { ids: [1, 2, 3], count: 3 });
});

Deno.test("readLeadTrash() takes nothing from an account that shows living leads", async () => {
  await using server = serveAnswers(page("leads", [{ id: 1, updated_at: 5, is_deleted: false }]));
  lines.length = 0;
  assert.deepEqual(await read(server.url, "t", []), { ids: [], count: 0 });
  assert.deepEqual(lines.filter((line) => line.startsWith("warn")), [
    "warning: amoCRM did not show the trash alone when asked for it: nothing is taken from it, and deletions show by " +
    "events and by reads of all leads",
  ]);
});
