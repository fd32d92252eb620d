import assert from "node:assert/strict";
import { type AmoWrite, createAmoClient } from "../../../lib/amocrm/client.ts";
import {
  AmoBan,
  AmoError,
  LostAnswer,
  RetryableAnswer,
  ValidationError,
} from "../../../lib/amocrm/answers.ts";
import { captureLog } from "../../support/logs.ts";
import { type Answer, html, serveAnswers } from "../../support/scripted_server.ts";

const { log, lines } = await captureLog();

const CREATION: AmoWrite = {
  method: "POST",
  path: "/api/v4/leads",
  json: [{ name: "Zebediah Quux" }],
  isRepeatable: false,
};

/** Sends a write to a server with these answers, without waiting; how it ended, and the requests it took. */
async function send(write: AmoWrite, ...answers: readonly Answer[]) {
  await using server = serveAnswers(...answers);
  const client = createAmoClient({
    baseUrl: server.url,
    token: "t.o.k",
    requestsPerSecond: 1000,
    log,
    retry: { random: () => 0, sleep: () => Promise.resolve() },
  });
  const body = await client.send(write).then(
    (answer) => answer.body,
    (error: unknown) => error,
  );
  return { body, requests: server.requests };
}

Deno.test("send() sends JSON with the token and gives the answer", async () => {
  const seen: unknown[] = [];
  const { body } = await send(CREATION, async (request) => {
    const { headers } = request;
    seen.push(headers.get("authorization"), headers.get("content-type"), await request.json());
    return Response.json({ id: 1 });
  });
  assert.deepEqual(body, { id: 1 });
  assert.deepEqual(seen, ["Bearer t.o.k", "application/json", [{ name: "Zebediah Quux" }]]);
});

Deno.test("send() sends forms as a page would", async () => {
  const seen: unknown[] = [];
  const form = new URLSearchParams([["ID[]", "1"], ["ID[]", "2"]]);
  await send(
    { method: "POST", path: "/ajax/leads/multiple/delete/", form, isRepeatable: true },
    async (request) => {
      const { headers } = request;
      seen.push(headers.get("x-requested-with"), headers.get("content-type"), await request.text());
      return Response.json({ status: "success" });
    },
  );
  assert.deepEqual(seen, [
    "XMLHttpRequest",
    "application/x-www-form-urlencoded",
    "ID%5B%5D=1&ID%5B%5D=2",
  ]);
});

Deno.test("send() gives null for a 204, as for a deletion", async () => {
  const path = "/api/v4/leads/custom_fields/7";
  const answer = new Response(null, { status: 204 });
  const { body, requests } = await send({ method: "DELETE", path, isRepeatable: true }, answer);
  assert.equal(body, null);
  assert.deepEqual(requests, ["DELETE /api/v4/leads/custom_fields/7"]);
});

Deno.test("send() repeats what may be sent twice, and what the account did not see", async () => {
  const good = Response.json({ id: 1 });
  const repeated = await send(
    { ...CREATION, isRepeatable: true },
    html(500),
    new Response("{"),
    good,
  );
  assert.deepEqual([repeated.body, repeated.requests.length], [{ id: 1 }, 3]);
  const limited = await send(CREATION, html(429), html(429), html(402), good);
  assert.deepEqual([limited.body, limited.requests.length], [{ id: 1 }, 4]);
});

const LOST: readonly (readonly [string, Answer, boolean])[] = [
  ["500", html(500), false],
  ["504", html(504), true],
  ["cut JSON", new Response('{"id":'), false],
  [
    "a request to repeat",
    Response.json({ detail: "System error, repeat" }, { status: 400 }),
    false,
  ],
];

for (const [what, answer, isTooHeavy] of LOST) {
  Deno.test(`send() leaves it to the caller what to do about a creation that met ${what}`, async () => {
    const { body, requests } = await send(CREATION, answer);
    assert.ok(body instanceof LostAnswer);
    assert.equal(body.isTooHeavy, isTooHeavy);
    assert.equal(requests.length, 1);
  });
}

Deno.test("send() gives a 504 back at once when less could be sent, and repeats it when not", async () => {
  const write = { ...CREATION, isRepeatable: true };
  const heavy = await send({ ...write, canBeSplit: true }, html(504));
  assert.ok(heavy.body instanceof LostAnswer);
  assert.equal(heavy.requests.length, 1);
  const small = await send(write, html(504));
  assert.ok(small.body instanceof RetryableAnswer);
  assert.equal(small.requests.length, 5);
});

Deno.test("send() says which items are refused and why, without any value", async () => {
  const { body } = await send(
    CREATION,
    Response.json({
      "validation-errors": [
        { request_id: "1", errors: [{ code: "InvalidType", path: "price", detail: "Quux" }] },
        { request_id: 2, errors: [{ code: "NotSupportedChoice", path: "the value Quux" }] },
        { errors: [] },
      ],
    }, { status: 400 }),
  );
  assert.ok(body instanceof ValidationError);
  assert.deepEqual(body.refusals, [
    { requestId: "1", faults: [{ code: "InvalidType", path: "price" }] },
    { requestId: "2", faults: [{ code: "NotSupportedChoice", path: "?" }] },
    { requestId: null, faults: [{ code: "?", path: "?" }] },
  ]);
  assert.equal(
    body.message,
    "Cannot write /api/v4/leads: amoCRM answered 400 (InvalidType at price, NotSupportedChoice at ?, " +
      "? at ?), expected 200: this is a bug here, report it with this line",
  );
});

Deno.test("send() stops at missing rights and at a ban", async () => {
  const forbidden = await send(CREATION, Response.json({ title: "Forbidden" }, { status: 403 }));
  assert.ok(forbidden.body instanceof AmoError);
  assert.equal(forbidden.requests.length, 1);
  const banned = await send(CREATION, html(403));
  assert.ok(banned.body instanceof AmoBan);
  assert.equal(banned.requests.length, 1);
});

Deno.test("send() logs no body and no token", () => {
  const all = lines.join("\n");
  assert.match(all, /POST \/api\/v4\/leads answered 200 after \d+ ms, try 1/);
  assert.doesNotMatch(all, /Quux|t\.o\.k/);
});

Deno.test("send() takes a 400 with code 244 as final and sends nothing again", async () => {
  const detail = "Код ошибки 244. В случае повторного возникновения ошибки, обратитесь в поддержку";
  for (const isRepeatable of [true, false]) {
    const answer = Response.json({ title: "Bad Request", status: 400, detail }, { status: 400 });
    const { body, requests } = await send({ ...CREATION, isRepeatable }, answer);
    assert.ok(body instanceof AmoError);
    assert.equal(
      body.message,
      "Cannot write /api/v4/leads: amoCRM answered 400 with code 244, expected 200: the rights of the token's " +
        "user do not cover this, or the account's subscription has ended: look at both in amoCRM",
    );
    assert.deepEqual(requests, ["POST /api/v4/leads"]);
  }
});
