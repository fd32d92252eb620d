import assert from "node:assert/strict";
import { compareWithFull } from "./incremental_equals_full.ts";

Deno.test("a reader of changes builds the warehouse that full reads build, row for row (embedded)", async () => {
  const options = { seed: 11, days: 5, maxLeads: 40 };
  assert.deepEqual(await compareWithFull(options, "embedded"), []);
});
