import assert from "node:assert/strict";
import type { SandboxOptions } from "../../../lib/sandbox/sandbox.ts";
import { CAR_RENTAL, openSandbox } from "../../support/sandbox_calls.ts";

/** Everything that an account answers to a fixed series of requests, as one text. */
async function live(options: SandboxOptions): Promise<string> {
  const { sandbox, call } = openSandbox(options);
  const answers: unknown[] = [sandbox.token, sandbox.issueToken({ scope: "read" })];
  const series: readonly (readonly [string, string, unknown?])[] = [
    ["POST", "/api/v4/leads/pipelines", [CAR_RENTAL]],
    ["POST", "/api/v4/catalogs", [{ name: "Cars" }]],
    ["POST", "/api/v4/leads/custom_fields", [{ name: "PLATE", type: "text" }]],
    ["POST", "/api/v4/leads/complex", [{ _embedded: { contacts: [{ name: "Ann" }] } }]],
    ["POST", "/api/v4/leads", [{ name: "A", _embedded: { tags: [{ name: "VIP" }] } }]],
    ["GET", "/api/v4/leads?with=contacts"],
    ["GET", "/api/v4/events"],
    ["GET", "/api/v4/contacts/custom_fields"],
  ];
  for (const [method, path, body] of series) answers.push(await call(method, path, body));
  return JSON.stringify(answers);
}

Deno.test("createSandbox() gives the same bytes for the same seed and start", async () => {
  assert.equal(await live({ seed: 7 }), await live({ seed: 7 }));
});

Deno.test("createSandbox() gives other ids for another seed", async () => {
  assert.notEqual(await live({ seed: 7 }), await live({ seed: 8 }));
});

Deno.test("the ids of leads do not depend on how many fields and tokens there are", async () => {
  const plain = openSandbox();
  const busy = openSandbox();
  busy.sandbox.issueToken();
  await busy.call("POST", "/api/v4/leads/custom_fields", [{ name: "A", type: "text" }]);
  await busy.call("POST", "/api/v4/leads/pipelines", [CAR_RENTAL]);
  const create = ["POST", "/api/v4/leads", [{}, {}]] as const;
  assert.deepEqual(await busy.call(...create), await plain.call(...create));
});
