import assert from "node:assert/strict";
import { addCounts, readTestCounts } from "./test_counts.ts";

Deno.test("readTestCounts() reads the summary behind colours and steps", () => {
  const output =
    "\x1b[0m\x1b[32mok\x1b[0m | 12 passed (3 steps) | 0 failed \x1b[38;5;245m(2s)\x1b[0m\n";
  assert.deepEqual(readTestCounts(output), {
    passed: 12,
    failed: 0,
    skipped: 0,
    text: "12 passed, 0 failed",
  });
});

Deno.test("readTestCounts() counts ignored tests as skipped and takes the last summary", () => {
  const output = [
    "ok | 1 passed | 0 failed (1s)",
    "FAILED | 7 passed | 2 failed (1 step) | 3 ignored (0 steps) | 4 filtered out (1s)",
  ].join("\n");
  assert.deepEqual(readTestCounts(output), {
    passed: 7,
    failed: 2,
    skipped: 3,
    text: "7 passed, 2 failed, 3 skipped",
  });
});

Deno.test("readTestCounts() counts one failure when no test came to run", () => {
  assert.deepEqual(readTestCounts("error: No test modules found\n"), {
    passed: 0,
    failed: 1,
    skipped: 0,
    text: "0 passed, 1 failed",
  });
});

Deno.test("addCounts() adds several runs up to one", () => {
  const [first, second] = ["ok | 12 passed | 0 failed | 2 ignored (1s)", "error: no such file"]
    .map(readTestCounts);
  assert.ok(first && second);
  assert.deepEqual(addCounts([first, second]), {
    passed: 12,
    failed: 1,
    skipped: 2,
    text: "12 passed, 1 failed, 2 skipped",
  });
});
