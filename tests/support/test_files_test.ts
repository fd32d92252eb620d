import assert from "node:assert/strict";
import { listTestFiles, nameFiles, SLOWEST_FIRST } from "./test_files.ts";

Deno.test("listTestFiles() has every file once, the slowest ones first", async () => {
  const files = await listTestFiles();
  assert.deepEqual(files.slice(0, SLOWEST_FIRST.length), SLOWEST_FIRST);
  assert.equal(new Set(files).size, files.length);
  const sorted = files.slice(SLOWEST_FIRST.length).toSorted();
  assert.deepEqual(files.slice(SLOWEST_FIRST.length), sorted);
  assert.ok(files.includes("tests/support/test_files_test.ts"));
});

Deno.test("every file of SLOWEST_FIRST is there", async () => {
  for (const file of SLOWEST_FIRST) assert.equal(await nameFiles([file]), true, file);
});

Deno.test("nameFiles() knows files and folders from options and their values", async () => {
  assert.equal(await nameFiles(["tests/pipeline"]), true);
  assert.equal(await nameFiles(["--fail-fast", "tests/run.ts"]), true);
  assert.equal(await nameFiles(["--filter", "demo lives", "--reporter=dot"]), false);
  assert.equal(await nameFiles([]), false);
});
