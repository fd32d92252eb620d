import assert from "node:assert/strict";
import { serverAvailable } from "../support/warehouses.ts";
import { compareWithFull } from "./incremental_equals_full.ts";

/** A server takes half the processor time; worlds_test.ts has a world on the embedded one. */
const KIND = serverAvailable ? "server" : "embedded";

Deno.test(`a reader of changes builds the warehouse that full reads build, row for row (${KIND})`, async () => {
  const options = { seed: 11, days: 5, maxLeads: 40 };
  assert.deepEqual(await compareWithFull(options, KIND), []);
});
