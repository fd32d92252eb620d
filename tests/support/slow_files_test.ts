import assert from "node:assert/strict";
import { createFileTimes, formatFileTimes } from "./slow_files.ts";

Deno.test("createFileTimes() adds up what the tests of each file took, wherever the output is cut", () => {
  const output =
    "\x1b[38;5;245m./tests/a_test.ts => \x1b[0mone ... \x1b[32mok\x1b[0m \x1b[38;5;245m(1m2s)\x1b[0m\n" +
    "./tests/b_test.ts => two (server) ... ok (300ms)\n" +
    "./tests/a_test.ts => three ... FAILED (3s)\n" +
    "  step of three ... ok (9s)\n" +
    "./tests/b_test.ts => not run ... ignored (0ms)\n" +
    "what a test printed (5s)\n";
  const times = createFileTimes();
  assert.equal(times.add(output.slice(0, 40)), 0);
  assert.equal(times.add(output.slice(40)), 4);
  assert.deepEqual(times.slowest(5), [
    { file: "tests/a_test.ts", tests: 2, seconds: 65 },
    { file: "tests/b_test.ts", tests: 2, seconds: 0.3 },
  ]);
  assert.equal(formatFileTimes(times.slowest(1)), "   65 s    2 tests  tests/a_test.ts");
});
