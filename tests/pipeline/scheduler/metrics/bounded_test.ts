import assert from "node:assert/strict";
import { createBounded } from "../../../../pipeline/scheduler/metrics/bounded.ts";
import { FakeTime } from "../../../support/fake_time.ts";

Deno.test("createBounded() hands on the value, and begins anew for the next", async () => {
  let calls = 0;
  const ask = createBounded(() => Promise.resolve(++calls), 2_000);
  assert.deepEqual([await ask(), await ask()], [{ value: 1 }, { value: 2 }]);
});

Deno.test("createBounded() says why there is none, without personal data", async () => {
  const ask = createBounded(() => Promise.reject(new Error("no row of omar@example.ae")), 2_000);
  assert.deepEqual(await ask(), { problem: "no row of [e-mail]" });
});

Deno.test("createBounded() does not wait for ever, nor ask again meanwhile", async () => {
  using time = new FakeTime();
  const end = Promise.withResolvers<string>();
  let calls = 0;
  const ask = createBounded(() => {
    calls++;
    return end.promise;
  }, 2_000);
  const late = [ask(), ask()];
  time.tick(2_000);
  const problem = "no answer within 2 s";
  assert.deepEqual(await Promise.all(late), [{ problem }, { problem }]);
  const inTime = ask();
  end.resolve("an answer");
  assert.deepEqual(await inTime, { value: "an answer" });
  assert.equal(calls, 1);
});
