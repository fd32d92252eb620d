import assert from "node:assert/strict";
import { callScript } from "../support/called_script.ts";
import { takeFreePort } from "../support/free_port.ts";
import { type ProcessResult, runDeno } from "../support/script.ts";

const SCRIPT = "pipeline/healthcheck.ts";

/** Runs the script while something answers at /healthz like this. */
async function checkAgainst(
  answer: () => Response | Promise<Response>,
  run: (env: Record<string, string>) => Promise<ProcessResult> = callIt,
) {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      new URL(request.url).pathname === "/healthz" ? answer() : new Response("", { status: 404 }),
  );
  return await run({ METRICS_PORT: String(server.addr.port) });
}

const callIt = (env: Record<string, string>) => callScript(SCRIPT, [], env);

/** As a container starts it, without a right that the permission set does not give. */
const startIt = (env: Record<string, string>) =>
  runDeno(["run", "-q", "--no-prompt", "-P=pipeline", SCRIPT], env);

Deno.test("healthcheck is well when the scheduler is", async () => {
  const { code, stdout, stderr } = await checkAgainst(
    () => Response.json({ status: "ok" }),
    startIt,
  );
  assert.deepEqual([code, stdout, stderr], [0, '{"status":"ok"}\n', ""]);
});

Deno.test("healthcheck fails when the scheduler is not well", async () => {
  const { code, stdout } = await checkAgainst(() =>
    Response.json({ status: "unhealthy" }, { status: 503 })
  );
  assert.deepEqual([code, stdout], [1, '{"status":"unhealthy"}\n']);
});

Deno.test("healthcheck asks on loopback when the scheduler listens everywhere", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("ok"),
  );
  const { code } = await callIt({
    METRICS_PORT: String(server.addr.port),
    METRICS_HOST: "0.0.0.0",
  });
  assert.equal(code, 0);
});

Deno.test("healthcheck fails when nobody listens", async () => {
  const port = takeFreePort();
  const { code, stdout } = await callIt({ METRICS_PORT: String(port) });
  assert.equal(code, 1);
  assert.match(stdout, new RegExp(`^No answer from http://127\\.0\\.0\\.1:${port}/healthz: `));
});

Deno.test("healthcheck needs to know the port", async () => {
  const { code, stderr } = await callIt({});
  assert.deepEqual([code, stderr], [
    2,
    "METRICS_PORT is missing: the scheduler answers health checks there: set it for both, e.g. METRICS_PORT=9464\n",
  ]);
});
