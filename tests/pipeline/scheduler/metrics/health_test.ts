import assert from "node:assert/strict";
import { judgeHealth } from "../../../../pipeline/scheduler/metrics/health.ts";

const UP = { value: undefined };

Deno.test("judgeHealth() is well with a recent heartbeat and a warehouse that answers", () => {
  assert.deepEqual(judgeHealth(149.9, UP), {
    status: "ok",
    heartbeat_age_s: 149.9,
    problems: [],
  });
});

Deno.test("judgeHealth() says everything that is wrong", () => {
  assert.deepEqual(judgeHealth(150, { problem: "no answer within 2 s" }), {
    status: "unhealthy",
    heartbeat_age_s: 150,
    problems: [
      "the last healthy heartbeat was 150 s ago, expected less than 150 s",
      "the warehouse does not answer: no answer within 2 s",
    ],
  });
});

Deno.test("judgeHealth() waits for the first heartbeat", () => {
  assert.deepEqual(judgeHealth(null, UP), {
    status: "unhealthy",
    heartbeat_age_s: null,
    problems: ["no healthy heartbeat yet"],
  });
});
