import assert from "node:assert/strict";
import {
  DEFAULT_DELIVERY,
  deliver,
  DeliveryError,
  type DeliveryPolicy,
} from "../../../../pipeline/scheduler/alerts/webhook.ts";
import { FakeTime } from "../../../support/fake_time.ts";
import { serveAnswers } from "../../../support/scripted_server.ts";

const AT_ONCE: DeliveryPolicy = { ...DEFAULT_DELIVERY, waitMs: 0, longestWaitMs: 0 };
const TOKEN = "bot123:SECRET";

/** What `deliver` says about an address that holds a token, and whether it may get better. */
async function failureOf(url: string, policy: DeliveryPolicy = AT_ONCE) {
  try {
    await deliver(`${url}/${TOKEN}/send?key=${TOKEN}`, { text: "a text" }, policy);
  } catch (error) {
    assert.equal(Deno.inspect(error).includes("SECRET"), false, Deno.inspect(error));
    assert.ok(error instanceof DeliveryError);
    return [error.message, error.canGetBetter];
  }
  return null;
}

Deno.test("deliver() posts JSON, and any 2xx will do", async () => {
  const seen: unknown[] = [];
  await using server = serveAnswers(async (request) => {
    seen.push(request.method, request.headers.get("content-type"), await request.json());
    return new Response("thanks", { status: 202 });
  });
  await deliver(`${server.url}/hook`, { text: 'a "text"\n🚗' });
  assert.deepEqual(seen, ["POST", "application/json", { text: 'a "text"\n🚗' }]);
});

Deno.test("deliver() tries again what can get better", async () => {
  const answers = [500, 429, 200].map((status) => new Response(null, { status }));
  await using server = serveAnswers(...answers);
  await deliver(server.url, {}, AT_ONCE);
  assert.deepEqual(server.requests, ["POST /", "POST /", "POST /"]);
});

Deno.test("deliver() gives up after its tries", async () => {
  await using server = serveAnswers(new Response(null, { status: 503 }));
  assert.deepEqual(await failureOf(server.url), [
    "Cannot post to the webhook: it answered 503, expected 2xx: " +
    "check ALERT_WEBHOOK_URL and ALERT_TEMPLATE",
    true,
  ]);
  assert.equal(server.requests.length, 3);
});

Deno.test("deliver() does not repeat what stays wrong, nor follow a redirect", async () => {
  for (const status of [302, 400, 404]) {
    await using server = serveAnswers((request) =>
      new Response(`Cannot POST ${request.url}`, { status, headers: { location: request.url } })
    );
    assert.deepEqual(await failureOf(server.url), [
      `Cannot post to the webhook: it answered ${status}, expected 2xx: ` +
      "check ALERT_WEBHOOK_URL and ALERT_TEMPLATE",
      false,
    ]);
    assert.equal(server.requests.length, 1);
  }
});

Deno.test("deliver() does not wait for a webhook that hangs, nor ask it again", async () => {
  const asked = Promise.withResolvers<void>();
  const end = Promise.withResolvers<Response>();
  await using server = serveAnswers(() => {
    asked.resolve();
    return end.promise;
  });
  using time = new FakeTime();
  const failure = failureOf(server.url);
  await asked.promise;
  time.tick(DEFAULT_DELIVERY.timeoutMs);
  assert.deepEqual(await failure, [
    "Cannot post to the webhook: no answer within 10 s, expected 2xx: " +
    "check ALERT_WEBHOOK_URL and the network",
    true,
  ]);
  assert.equal(server.requests.length, 1);
  end.resolve(new Response());
});

Deno.test("deliver() waits no longer than it may, whatever the server asks for", async () => {
  await using server = serveAnswers(
    new Response(null, { status: 429, headers: { "retry-after": "3600" } }),
  );
  assert.deepEqual(await failureOf(server.url), [
    "Cannot post to the webhook: it answered 429, expected 2xx: " +
    "check ALERT_WEBHOOK_URL and ALERT_TEMPLATE",
    true,
  ]);
  assert.equal(server.requests.length, 3);
});

Deno.test("deliver() says when there is nobody", async () => {
  const server = serveAnswers();
  const { url } = server;
  await server[Symbol.asyncDispose]();
  assert.deepEqual(await failureOf(url), [
    "Cannot post to the webhook: it could not be reached, expected 2xx: " +
    "check ALERT_WEBHOOK_URL and the network",
    true,
  ]);
});
