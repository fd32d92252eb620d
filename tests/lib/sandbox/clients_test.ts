import assert from "node:assert/strict";
import { type ServedSandbox, serveSandbox } from "../../../lib/sandbox/server.ts";
import { createCertificate } from "../../support/sandbox_certificate.ts";

/** Serves a sandbox over TLS, lets a client that we did not write talk to it, returns what that saw. */
async function letTalk(
  script: string,
  inspect: (sandbox: ServedSandbox) => void,
): Promise<unknown> {
  const { authority, ...tls } = await createCertificate();
  await using sandbox = serveSandbox({ tls, start: "2026-05-01T00:00:00Z" });
  sandbox.setSwitches({ requestsPerSecond: null });
  // Equal times: the default order is then that of the ids.
  sandbox.clock.freeze();
  const authorityPath = await Deno.makeTempFile({ suffix: ".pem" });
  try {
    await Deno.writeTextFile(authorityPath, authority);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        new URL(`../../support/${script}`, import.meta.url).href,
        new URL(sandbox.url).port,
        sandbox.token,
      ],
      // fetch reads the first, node:https the second.
      env: { DENO_CERT: authorityPath, NODE_EXTRA_CA_CERTS: authorityPath },
    }).output();
    const text = new TextDecoder();
    assert.ok(success, text.decode(stderr));
    inspect(sandbox);
    return JSON.parse(text.decode(stdout));
  } finally {
    await Deno.remove(authorityPath);
  }
}

/** What was asked, as "GET /path 200". */
function routesOf(sandbox: ServedSandbox): string[] {
  return sandbox.requests.list().map(({ method, path, status }) => `${method} ${path} ${status}`);
}

Deno.test("@shevernitskiy/amo reads, creates and patches leads and turns pages over TLS", async () => {
  const seen = await letTalk("sandbox_talk_amo.ts", (sandbox) => {
    assert.deepEqual(routesOf(sandbox), [
      "GET /api/v4/account 200",
      "GET /api/v4/leads?page=1&limit=2 204",
      "POST /api/v4/leads 200",
      "PATCH /api/v4/leads 200",
      "PATCH /api/v4/leads/38004288 200",
      "GET /api/v4/leads?page=1&limit=2&order[id]=asc 200",
      "GET /api/v4/leads?page=2&limit=2&order[id]=asc 200",
      "GET /api/v4/leads/38004285?with=contacts 200",
      "PATCH /api/v4/leads/1 400",
      "GET /api/v4/leads/pipelines 200",
    ]);
  });
  assert.deepEqual(seen, {
    account: 31000783,
    empty: "204 No Content",
    created: [38004285, 38004288, 38004289],
    pages: [["A2", "B2"], ["C"]],
    one: ["A2", 5, []],
    // Its error for problem+json; any other content type would have put the body here.
    refused: "400 Bad Request",
    pipelines: ["Воронка"],
  });
});

Deno.test("amocrm-js reads, creates and patches leads and turns pages over TLS", async () => {
  const seen = await letTalk("sandbox_talk_amocrm_js.ts", (sandbox) => {
    assert.deepEqual(routesOf(sandbox), [
      "GET /api/v4/account 200",
      "GET /api/v4/leads?limit=2&page=1 204",
      "POST /api/v4/leads 200",
      "PATCH /api/v4/leads 200",
      "GET /api/v4/leads/38004288 200",
      "PATCH /api/v4/leads 200",
      "GET /api/v4/leads?limit=2 200",
      "GET /api/v4/leads?limit=2&page=2 200",
      "PATCH /api/v4/leads/1 400",
    ]);
  });
  assert.deepEqual(seen, {
    account: 31000783,
    empty: 0,
    created: [38004285, 38004288, 38004289],
    pages: [["A2", "B2"], ["C"]],
    refused: "API_RESPONSE_ERROR",
  });
});
