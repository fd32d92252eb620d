import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_DIR } from "./script.ts";
import { SERVER_TESTS } from "./server_tests.ts";
import { readTestArguments } from "./test_arguments.ts";

Deno.test("readTestArguments() hands everything on without --servers", () => {
  const args = ["tests/daily_test.ts", "--filter", "daily"];
  assert.deepEqual(readTestArguments(args), { servers: null, rest: args });
});

Deno.test("readTestArguments() takes --servers out, wherever it stands, each version once", () => {
  const rest = ["tests/daily_test.ts", "--fail-fast"];
  for (
    const args of [
      ["--servers", "15,18", ...rest],
      ["tests/daily_test.ts", "--servers", "15, 18,15", "--fail-fast"],
      [...rest, "--servers=15,18"],
    ]
  ) assert.deepEqual(readTestArguments(args), { servers: [15, 18], rest });
});

Deno.test("readTestArguments() lists the versions it knows when asked for another one", () => {
  const expected = "expected some of 15, 16, 17, 18, e.g. --servers 15,18";
  for (
    const [args, what] of [
      [["--servers", "14"], '"14" is no version that is known'],
      [["--servers", "15,16.4"], '"16.4" is no version that is known'],
      [["--servers=newest"], '"newest" is no version that is known'],
      [["--servers"], "the version is missing"],
      [["--servers=15,"], "the version is missing"],
      [["--servers", "--fail-fast"], '"--fail-fast" is no version that is known'],
    ] as const
  ) {
    assert.throws(() => readTestArguments(args), {
      message: `Cannot read --servers: ${what}, ${expected}`,
    });
  }
});

Deno.test("what --servers runs is there", async () => {
  for (const path of SERVER_TESTS) assert.ok(await Deno.stat(join(PROJECT_DIR, path)), path);
});
