import assert from "node:assert/strict";
import { toTables } from "../../bench/stg_load_bench.ts";

Deno.test("toTables() holds first and later loads against \\copy, and later ones against an insert of what differs", () => {
  const [first, later, ...others] = toTables(
    20_000,
    1_000,
    // The middle of three rounds, neither the first nor the mean of them.
    { loads: [9, 0.6, 0.1], copies: [0.4, 0.3, 7], merges: [] },
    { loads: [0.5, 0.5, 0.5], copies: [0.4, 0.4, 0.4], merges: [8, 0.1, 0.05] },
  );
  assert.deepEqual(others, []);
  assert.equal(first?.title, "Landing 20,000 leads in an empty STG");
  assert.deepEqual(first.rows, [
    ["load_leads", "1.50", "0.60", "33,333"],
    ["\\copy", "1.00", "0.40", "50,000"],
  ]);
  assert.equal(later?.title, "Landing 20,000 leads again, of which 1,000 differ");
  assert.deepEqual(later.rows, [
    ["load_leads", "1.25", "0.50", "40,000"],
    ["\\copy", "1.00", "0.40", "50,000"],
    ["\\copy beside it and insert what differs", "0.25", "0.10", "200,000"],
  ]);
});
