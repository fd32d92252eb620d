import assert from "node:assert/strict";
import type { SwitchChanges } from "../../../lib/sandbox/account/switches.ts";
import { openSandbox, ORIGIN, readAnswer, START } from "../../support/sandbox_calls.ts";

/** A sandbox whose real time is `time.ms`, and the statuses of `count` requests in a row. */
function openTimed(switches: SwitchChanges) {
  const time = { ms: 0 };
  const { sandbox } = openSandbox({ start: START, realMs: () => time.ms, switches });
  const ask = async () =>
    await sandbox.fetch(
      new Request(`${ORIGIN}/api/v4/account`, {
        headers: { authorization: `Bearer ${sandbox.token}` },
      }),
    );
  const statuses = async (count: number) => {
    const found: number[] = [];
    for (let index = 0; index < count; index++) found.push((await ask()).status);
    return found;
  };
  return { time, sandbox, ask, statuses };
}

const LIMIT = { requestsPerSecond: 7 };

Deno.test("the eighth request within a second of real time answers 429 HTML without Retry-After", async () => {
  const { ask, statuses } = openTimed(LIMIT);
  assert.deepEqual(await statuses(7), [200, 200, 200, 200, 200, 200, 200]);
  const response = await ask();
  assert.equal(response.headers.get("retry-after"), null);
  assert.deepEqual(await readAnswer(response), {
    status: 429,
    type: "text/html",
    body: "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n" +
      "<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>nginx</center>\r\n" +
      "</body>\r\n</html>\r\n",
  });
});

Deno.test("the second slides, refused requests do not count, the sandbox clock does not help", async () => {
  const { time, sandbox, statuses } = openTimed(LIMIT);
  await statuses(4);
  time.ms = 500;
  assert.deepEqual(await statuses(5), [200, 200, 200, 429, 429]);
  sandbox.clock.advance({ hours: 1 });
  assert.deepEqual(await statuses(1), [429]);
  time.ms = 999;
  assert.deepEqual(await statuses(1), [429]);
  time.ms = 1000;
  assert.deepEqual(await statuses(5), [200, 200, 200, 200, 429]);
});

Deno.test("repeated 429s block the account with 403 HTML until a switch lifts it", async () => {
  const { time, sandbox, ask, statuses } = openTimed({ ...LIMIT, blockAfter429: 2 });
  await statuses(7);
  assert.deepEqual(await statuses(4), [429, 429, 403, 403]);
  // Waiting does not help.
  time.ms = 3_600_000;
  const { status, type, body } = await readAnswer(await ask());
  assert.deepEqual([status, type, String(body).includes("403 Forbidden")], [
    403,
    "text/html",
    true,
  ]);
  sandbox.setSwitches({ blockAfter429: null });
  assert.deepEqual(await statuses(8), [200, 200, 200, 200, 200, 200, 200, 429]);
});

Deno.test("429s more than a minute apart block nothing", async () => {
  const { time, statuses } = openTimed({ requestsPerSecond: 1, blockAfter429: 1 });
  assert.deepEqual(await statuses(2), [200, 429]);
  time.ms = 60_000;
  assert.deepEqual(await statuses(2), [200, 429]);
  time.ms = 119_999;
  assert.deepEqual(await statuses(2), [200, 403]);
});

Deno.test("requestsPerSecond null lifts limit and block", async () => {
  const { sandbox, statuses } = openTimed({ requestsPerSecond: 1, blockAfter429: 1 });
  assert.deepEqual(await statuses(3), [200, 429, 403]);
  sandbox.setSwitches({ requestsPerSecond: null });
  assert.deepEqual(await statuses(3), [200, 200, 200]);
});
