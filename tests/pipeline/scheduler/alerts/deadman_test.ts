import assert from "node:assert/strict";
import { configure, reset } from "@logtape/logtape";
import { createDeadman } from "../../../../pipeline/scheduler/alerts/deadman.ts";
import { FakeTime } from "../../../support/fake_time.ts";
import { serveAnswers } from "../../../support/scripted_server.ts";

/** Runs `body` with the lines that "alert" logs. */
async function withAlertLog(body: (lines: readonly string[]) => Promise<void>): Promise<void> {
  const lines: string[] = [];
  await configure({
    reset: true,
    sinks: {
      lines: ({ level, message }) => lines.push(`${level}: ${message.map(String).join("")}`),
    },
    loggers: [
      { category: ["alert"], sinks: ["lines"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "error" },
    ],
  });
  try {
    await body(lines);
  } finally {
    await reset();
  }
}

const warning = (found: string) =>
  `warning: Cannot ping the dead man's switch: ${found}, expected 2xx: check DEADMAN_URL`;

Deno.test("pingDeadman() calls the address, and says nothing when that is well", () =>
  withAlertLog(async (lines) => {
    await using server = serveAnswers(new Response("OK"));
    const pingDeadman = createDeadman(`${server.url}/ping/a-uuid`);
    await pingDeadman();
    await pingDeadman();
    assert.deepEqual(server.requests, ["GET /ping/a-uuid", "GET /ping/a-uuid"]);
    assert.deepEqual(lines, []);
  }));

Deno.test("pingDeadman() does nothing without an address", async () => {
  await createDeadman(null)();
});

Deno.test("pingDeadman() warns of an answer that is no 2xx, without the address", () =>
  withAlertLog(async (lines) => {
    await using server = serveAnswers(new Response(null, { status: 404 }));
    await createDeadman(`${server.url}/a-secret`)();
    assert.deepEqual(lines, [warning("it answered 404")]);
    assert.equal(server.requests.length, 1);
  }));

Deno.test("pingDeadman() warns when there is nobody", () =>
  withAlertLog(async (lines) => {
    const server = serveAnswers();
    await server[Symbol.asyncDispose]();
    await createDeadman(`${server.url}/a-secret`)();
    assert.deepEqual(lines, [warning("it could not be reached")]);
  }));

Deno.test("pingDeadman() has one ping under way, and lets a hanging one go", () =>
  withAlertLog(async (lines) => {
    const asked = Promise.withResolvers<void>();
    const end = Promise.withResolvers<Response>();
    const hang = () => {
      asked.resolve();
      return end.promise;
    };
    await using server = serveAnswers(hang, new Response("OK"));
    const pingDeadman = createDeadman(server.url);
    {
      using time = new FakeTime();
      const pings = Promise.all([pingDeadman(), pingDeadman(), pingDeadman()]);
      await asked.promise;
      time.tick(5_000);
      await pings;
    }
    assert.deepEqual(lines, [warning("no answer within 5 s")]);
    assert.equal(server.requests.length, 1);
    await pingDeadman();
    assert.equal(server.requests.length, 2);
    end.resolve(new Response());
  }));
