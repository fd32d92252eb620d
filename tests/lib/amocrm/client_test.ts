import assert from "node:assert/strict";
import {
  type AmoClient,
  type AmoClientOptions,
  createAmoClient,
} from "../../../lib/amocrm/client.ts";
import { AmoBan, AmoError, RetryableAnswer } from "../../../lib/amocrm/answers.ts";
import { captureLog } from "../../support/logs.ts";
import { html, page, serveAnswers } from "../../support/scripted_server.ts";

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2VjcmV0";
const { log, lines } = await captureLog();

/** A client that does not wait; its waits are collected. */
function connect(url: string, more: Partial<AmoClientOptions> = {}) {
  const waits: number[] = [];
  const client = createAmoClient({
    baseUrl: url,
    token: TOKEN,
    requestsPerSecond: 1000,
    log,
    retry: {
      random: () => 0,
      sleep: (ms) => {
        waits.push(ms);
        return Promise.resolve();
      },
    },
    ...more,
  });
  return { client, waits };
}

async function failure(work: Promise<unknown>): Promise<Error> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  assert.ok(error instanceof Error, "expected a failure");
  return error;
}

async function readAll(client: AmoClient, path: string): Promise<unknown[]> {
  const pages = await Array.fromAsync(client.pages(path, { limit: 250 }));
  return pages.map(({ embedded }) => embedded.leads);
}

Deno.test("get() sends the token and gives body and server time", async () => {
  let seen: string | null = null;
  await using server = serveAnswers((request) => {
    seen = request.headers.get("authorization");
    return Response.json({ id: 1 }, { headers: { date: "Sun, 03 May 2026 04:00:00 GMT" } });
  });
  const answer = await connect(server.url).client.get("/api/v4/account", {
    filter: { created_at: { from: 1, to: 2 }, pipeline_id: [7, 8] },
    order: { id: "asc" },
  });
  assert.deepEqual(answer.body, { id: 1 });
  assert.equal(answer.serverTime.toString(), "2026-05-03T04:00:00Z");
  assert.equal(seen, `Bearer ${TOKEN}`);
  assert.deepEqual(server.requests, [
    "GET /api/v4/account?filter[created_at][from]=1&filter[created_at][to]=2" +
    "&filter[pipeline_id][]=7&filter[pipeline_id][]=8&order[id]=asc",
  ]);
});

Deno.test("get() gives null for a 204", async () => {
  await using server = serveAnswers(new Response(null, { status: 204 }));
  assert.equal((await connect(server.url).client.get("/api/v4/leads", {})).body, null);
});

Deno.test("get() tries again after 429, 500, 504 and cut JSON, waiting longer each time", async () => {
  await using server = serveAnswers(
    html(429),
    html(500),
    new Response(null, { status: 504 }),
    new Response('{"id":'),
    Response.json({ id: 1 }),
  );
  const { client, waits } = connect(server.url);
  assert.deepEqual((await client.get("/api/v4/account", {})).body, { id: 1 });
  assert.deepEqual(waits, [1000, 1000, 2000, 4000]);
});

Deno.test("get() waits for minutes when an account counts as unpaid, then says so", async () => {
  await using server = serveAnswers(html(402));
  const { client, waits } = connect(server.url);
  const error = await failure(client.get("/api/v4/account", {}));
  assert.deepEqual(waits, [30_000, 60_000, 120_000, 240_000]);
  assert.ok(error instanceof RetryableAnswer);
  assert.equal(
    error.message,
    "Cannot read /api/v4/account: amoCRM answered 402, expected 200: check that the account is paid " +
      "for and that its plan has this feature",
  );
});

Deno.test("get() gives up after 5 tries", async () => {
  await using server = serveAnswers(html(500));
  const error = await failure(connect(server.url).client.get("/api/v4/leads", { page: 3 }));
  assert.equal(server.requests.length, 5);
  assert.equal(
    error.message,
    "Cannot read /api/v4/leads page 3: amoCRM answered 500, expected 200: run again later",
  );
});

Deno.test("get() tries once when the answer cannot get better", async () => {
  const forbidden = Response.json({ title: "Forbidden", detail: "Invalid scope" }, { status: 403 });
  const invalid = Response.json({
    detail: "Request validation failed",
    "validation-errors": [{
      request_id: "0",
      errors: [{ code: "NotSupportedChoice", path: "custom_fields_values.0.field_id" }],
    }],
  }, { status: 400 });
  const cases: readonly (readonly [Response, string])[] = [
    [
      Response.json({ title: "Unauthorized" }, { status: 401 }),
      "401, expected 200: check AMO_TOKEN",
    ],
    [
      forbidden,
      "403, expected 200: the token has no right to this; check the scopes of the integration and " +
      "the rights and IP list of its user",
    ],
    [html(404), "404, expected 200: check AMO_SUBDOMAIN or AMO_BASE_URL"],
    [
      Response.redirect("https://www.amocrm.ru/", 302),
      "302, expected 200: check AMO_SUBDOMAIN or AMO_BASE_URL",
    ],
    [
      invalid,
      "400 (NotSupportedChoice at custom_fields_values.0.field_id), expected 200: this is a bug here, " +
      "report it with this line",
    ],
  ];
  for (const [answer, text] of cases) {
    await using server = serveAnswers(answer);
    const error = await failure(connect(server.url).client.get("/api/v4/account", {}));
    assert.ok(error instanceof AmoError);
    assert.equal(error.message, `Cannot read /api/v4/account: amoCRM answered ${text}`);
    assert.equal(server.requests.length, 1);
  }
});

Deno.test("get() takes a 400 with a code as final, whatever its text asks for", async () => {
  const rights =
    "code 244, expected 200: the rights of the token's user do not cover this, or the account's " +
    "subscription has ended: look at both in amoCRM";
  const bug = "expected 200: this is a bug here, report it with this line";
  const cases: readonly (readonly [object, string])[] = [
    [{
      title: "Bad Request",
      type: "https://httpstatus.es/400",
      status: 400,
      detail: "Код ошибки 244. В случае повторного возникновения ошибки, обратитесь в поддержку",
    }, `400 with ${rights}`],
    [{ detail: "System error, please repeat (244)" }, `400 with ${rights}`],
    [
      { response: { error: "Системная ошибка, повторите", error_code: "222" } },
      `400 with code 222, ${bug}`,
    ],
    [{ errors: [{ code: 226, message: "Повторите" }] }, `400 with code 226, ${bug}`],
    [{ code: "FieldMissing", detail: "Try again" }, `400 with code FieldMissing, ${bug}`],
    [{ detail: "Expected from 1 to 250 items, got 300" }, `400, ${bug}`],
    [{ detail: "Request validation failed", "validation-errors": [] }, `400, ${bug}`],
    [{ title: "Bad Request" }, `400, ${bug}`],
  ];
  for (const [body, text] of cases) {
    await using server = serveAnswers(Response.json(body, { status: 400 }));
    const error = await failure(connect(server.url).client.get("/api/v4/leads", {}));
    assert.ok(error instanceof AmoError);
    assert.equal(error.message, `Cannot read /api/v4/leads: amoCRM answered ${text}`);
    assert.equal(server.requests.length, 1);
  }
});

Deno.test("get() repeats the 400 that has no code and no fault, whatever its text", async () => {
  for (const detail of ["Системная ошибка, повторите запрос", "Возникла неполадка"]) {
    const repeat = Response.json({ detail }, { status: 400 });
    await using server = serveAnswers(repeat, Response.json({ id: 1 }));
    assert.deepEqual((await connect(server.url).client.get("/api/v4/account", {})).body, { id: 1 });
  }
});

Deno.test("get() sends nothing more after an HTML 403", async () => {
  await using server = serveAnswers(html(403));
  const { client } = connect(server.url);
  const ban = await failure(client.get("/api/v4/account", {}));
  const after = await failure(client.get("/api/v4/leads", {}));
  assert.ok(ban instanceof AmoBan);
  assert.equal(
    ban.message,
    "Cannot read /api/v4/account: amoCRM answered 403 with an HTML page, expected 200: the account has " +
      "blocked this program; stop, hammering makes it worse; stop all other programs that use the " +
      "account and write to amoCRM's support",
  );
  assert.equal(after, ban);
  assert.equal(server.requests.length, 1);
});

Deno.test("get() tries again after a connection that is cut, before and inside the body", async () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  await using server = serveRaw(
    "",
    `${head}Content-Length: 100\r\n\r\n{"id":`,
    `${head}Content-Length: 8\r\n\r\n{"id":1}`,
  );
  const { client, waits } = connect(server.url);
  assert.deepEqual((await client.get("/api/v4/account", {})).body, { id: 1 });
  assert.deepEqual(waits, [500, 1000]);
});

Deno.test("get() names the network when nobody answers", async () => {
  const { url } = await closedServer();
  const error = await failure(connect(url).client.get("/api/v4/account", {}));
  assert.ok(error instanceof RetryableAnswer);
  assert.equal(
    error.message,
    "Cannot read /api/v4/account: the connection was refused, expected an answer: check the network " +
      "and AMO_BASE_URL",
  );
});

Deno.test("get() gives up on a try that takes too long", async () => {
  const answer = Promise.withResolvers<Response>();
  await using server = serveAnswers(async () => (await answer.promise).clone());
  const { client } = connect(server.url, { timeoutMs: 20 });
  const error = await failure(client.get("/api/v4/leads", {}));
  answer.resolve(Response.json({}));
  assert.equal(
    error.message,
    "Cannot read /api/v4/leads: no answer within 0.02 s, expected one: run again later",
  );
});

Deno.test("get() stops when its signal aborts", async () => {
  const stop = new AbortController();
  await using server = serveAnswers(() => {
    stop.abort(new Error("stopped by SIGTERM"));
    return html(500);
  });
  const { client } = connect(server.url, { signal: stop.signal });
  const error = await failure(client.get("/api/v4/leads", {}));
  assert.equal(error.message, "stopped by SIGTERM");
  assert.equal(server.requests.length, 1);
});

Deno.test("get() puts neither token, query nor body into errors and log lines", async () => {
  await using server = serveAnswers(html(500));
  const { client } = connect(server.url);
  const error = await failure(client.get("/api/v4/leads", { query: "Secret Client", page: 2 }));
  const chain = [error, error.cause].map((one) => one instanceof Error ? String(one.stack) : "");
  const text = [...chain, ...lines].join("\n");
  assert.doesNotMatch(text, /Secret|eyJ/);
  assert.match(text, /GET \/api\/v4\/leads page 2 answered 500 after \d+ ms, try 1/);
});

Deno.test("pages() follows the links over a short page and stops where there is none", async () => {
  await using server = serveAnswers(
    page("leads", [{ id: 1 }, { id: 2 }], "/api/v4/leads?page=2"),
    page("leads", [{ id: 3 }], "/api/v4/leads?page=3"),
    page("leads", [{ id: 4 }, { id: 5 }]),
  );
  assert.deepEqual(await readAll(connect(server.url).client, "/api/v4/leads"), [
    [{ id: 1 }, { id: 2 }],
    [{ id: 3 }],
    [{ id: 4 }, { id: 5 }],
  ]);
  assert.equal(server.requests.length, 3);
});

Deno.test("pages() stops at a 204 after a last page that has a next link", async () => {
  await using server = serveAnswers(
    page("leads", [{ id: 1 }], "/api/v4/leads?page=2"),
    new Response(null, { status: 204 }),
  );
  assert.deepEqual(await readAll(connect(server.url).client, "/api/v4/leads"), [[{ id: 1 }]]);
});

Deno.test("pages() gives nothing when the first answer is a 204", async () => {
  await using server = serveAnswers(new Response(null, { status: 204 }));
  assert.deepEqual(await readAll(connect(server.url).client, "/api/v4/leads"), []);
});

Deno.test("pages() refuses a page that repeats an earlier one, whatever its links", async () => {
  const row = (n: number) => ({ id: 1, _links: { self: { href: `/leads/1?page=${n}` } } });
  await using server = serveAnswers(
    page("leads", [row(1)], "/api/v4/leads?page=2"),
    page("leads", [row(2)], "/api/v4/leads?page=3"),
    page("leads", [row(3)], "/api/v4/leads?page=4"),
  );
  const error = await failure(readAll(connect(server.url).client, "/api/v4/leads"));
  assert.equal(
    error.message,
    "Cannot read /api/v4/leads: page 2 repeats an earlier page, expected new rows: this route does " +
      "not page, or its links go round in a circle: report it with this line",
  );
});

Deno.test("pages() refuses a link that leads back", async () => {
  await using server = serveAnswers(
    page("leads", [{ id: 1 }], "/api/v4/leads?page=2"),
    page("leads", [{ id: 2 }], "/api/v4/leads?limit=250"),
  );
  const error = await failure(readAll(connect(server.url).client, "/api/v4/leads"));
  assert.equal(
    error.message,
    "Cannot read /api/v4/leads: the link to the next page leads to one already read, expected a new " +
      "one: run again later",
  );
});

Deno.test("pages() does not carry the token to another host", async () => {
  await using other = serveAnswers(page("leads", [{ id: 9 }]));
  await using server = serveAnswers(page("leads", [{ id: 1 }], `${other.url}/api/v4/leads`));
  const error = await failure(readAll(connect(server.url).client, "/api/v4/leads"));
  assert.equal(
    error.message,
    `Cannot read /api/v4/leads: the next page is on ${other.url}, expected ${server.url}: ` +
      "set AMO_BASE_URL to the address that the account itself uses",
  );
  assert.deepEqual(other.requests, []);
});

Deno.test("pages() refuses an answer that is no list", async () => {
  await using server = serveAnswers(Response.json({ hello: "world" }));
  const error = await failure(readAll(connect(server.url).client, "/api/v4/leads"));
  assert.equal(
    error.message,
    'Cannot read /api/v4/leads: the answer has no list in "_embedded", expected one: check AMO_BASE_URL',
  );
});

Deno.test("pages() leaves no request behind when the consumer leaves", async () => {
  const second = Promise.withResolvers<Response>();
  await using server = serveAnswers(
    page("leads", [{ id: 1 }], "/api/v4/leads?page=2"),
    () => second.promise,
  );
  for await (const _ of connect(server.url).client.pages("/api/v4/leads", {})) break;
  second.resolve(new Response(null, { status: 204 }));
  assert.ok(server.requests.length <= 2);
});

async function closedServer(): Promise<{ url: string }> {
  await using server = serveAnswers();
  return { url: server.url };
}

/** Answers one connection after the other with these bytes and closes it. */
function serveRaw(...answers: readonly string[]): AsyncDisposable & { readonly url: string } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const work = (async () => {
    for (const answer of answers) {
      using connection = await listener.accept();
      await connection.read(new Uint8Array(4096));
      await connection.write(new TextEncoder().encode(answer));
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    [Symbol.asyncDispose]: async () => {
      await work;
      listener.close();
    },
  };
}
