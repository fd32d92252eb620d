import assert from "node:assert/strict";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { requireWritableAccount } from "../../../loaders/account/writable_account.ts";
import { serveSandbox } from "../../../lib/sandbox/server.ts";
import { captureLog } from "../../support/logs.ts";
import { type Answer, html, serveAnswers } from "../../support/scripted_server.ts";

const { log } = await captureLog();

/** Asks for the account at `baseUrl`, of which the server answers from `at`. */
function ask(at: string, baseUrl: string, writableAccounts: readonly string[], typed?: string) {
  const client = createAmoClient({
    baseUrl,
    token: "t",
    requestsPerSecond: 1000,
    log,
    // A name that is not of this machine leads to it all the same.
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      return fetch(
        new Request(
          new URL(url.pathname + url.search, at),
          input instanceof Request ? input : init,
        ),
      );
    },
  });
  return requireWritableAccount(client, { baseUrl, writableAccounts }, typed);
}

function account(subdomain: string | null): Answer {
  return Response.json({
    id: 7,
    subdomain,
    _embedded: { datetime_settings: { timezone: "Asia/Dubai" } },
  });
}

Deno.test("requireWritableAccount() always takes a sandbox on this machine", async () => {
  await using sandbox = serveSandbox({
    subdomain: "anything",
    switches: { requestsPerSecond: null },
  });
  const client = createAmoClient({
    baseUrl: sandbox.url,
    token: sandbox.token,
    requestsPerSecond: 1000,
    log,
  });

  const found = await requireWritableAccount(client, {
    baseUrl: sandbox.url,
    writableAccounts: [],
  });

  assert.deepEqual([found.subdomain, found.isSandbox], ["anything", true]);
});

Deno.test("requireWritableAccount() takes a listed account by the name that it gives itself", async () => {
  await using server = serveAnswers(account("MyCompany"));
  const url = "https://proxy.example";

  const found = await ask(server.url, url, ["other", "mycompany"], "MYCOMPANY ");

  assert.deepEqual([found.subdomain, found.isSandbox], ["mycompany", false]);
  // Nobody asks a host that is not this machine whether it is a sandbox.
  assert.deepEqual(server.requests, ["GET /api/v4/account?with=datetime_settings"]);
});

Deno.test("requireWritableAccount() refuses an account that is not listed, also one that looks like a sandbox", async () => {
  const clock = Response.json({ now: "2026-05-03T00:00:00Z", isFrozen: true });
  await using server = serveAnswers(account("sandbox"), clock);

  await assert.rejects(ask(server.url, "https://sandbox.example", ["mycompany"]), {
    name: "ConfigError",
    message:
      'Cannot write to the account "sandbox": AMO_WRITABLE_ACCOUNTS has "mycompany", expected it ' +
      "among them: add it there if loaders may change this account",
  });
});

Deno.test("requireWritableAccount() refuses a real account behind an address of this machine", async () => {
  for (const answer of [html(404), Response.json({ hello: "world" })]) {
    await using server = serveAnswers(account("mycompany"), answer);

    await assert.rejects(ask(server.url, server.url, []), {
      name: "ConfigError",
      message:
        'Cannot write to the account "mycompany": AMO_WRITABLE_ACCOUNTS is empty, expected it ' +
        "among them: add it there if loaders may change this account",
    });
  }
});

Deno.test("requireWritableAccount() refuses another name than was typed, and an account without one", async () => {
  await using server = serveAnswers(account("mycompany"));
  await assert.rejects(ask(server.url, "https://proxy.example", ["mycompany"], "mycompany2"), {
    name: "ConfigError",
    message:
      'Cannot write to the account "mycompany": --account says "mycompany2", expected the same ' +
      "name: check --account, AMO_SUBDOMAIN and AMO_BASE_URL",
  });
  await using nameless = serveAnswers(account(null));
  await assert.rejects(ask(nameless.url, "https://proxy.example", ["mycompany"]), {
    name: "ConfigError",
    message:
      "Cannot write to the account: it does not say its subdomain, expected one: check AMO_BASE_URL",
  });
});
