import assert from "node:assert/strict";
import { askedRows, firstRows } from "../../../../lib/dashboard/page/first_rows.ts";

Deno.test("firstRows() knows by one row more whether these are all", () => {
  assert.equal(askedRows(3), 4);
  assert.deepEqual(firstRows(["a", "b", "c"], 3), { rows: ["a", "b", "c"], isCut: false });
  assert.deepEqual(firstRows(["a", "b", "c", "d"], 3), { rows: ["a", "b", "c"], isCut: true });
  assert.deepEqual(firstRows([], 3), { rows: [], isCut: false });
});
