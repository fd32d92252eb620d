import assert from "node:assert/strict";
import {
  createFirstSights,
  type FirstSights,
  NO_FIRST_SIGHTS,
  type Sighted,
} from "../../../lib/landing/first_sights.ts";

const live = (id: number) => ({ id, is_deleted: false });
const deleted = (id: number) => ({ id, is_deleted: true });

function split(sights: FirstSights, rows: readonly Sighted[]) {
  return sights.split(rows, (row) => row);
}

Deno.test("createFirstSights() tells first sights from those of a record that came before", () => {
  const sights = createFirstSights();
  assert.deepEqual(split(sights, [live(8), live(3)]), { first: [live(8), live(3)], doubtful: [] });
  assert.deepEqual(split(sights, [live(3), live(4)]), { first: [live(4)], doubtful: [live(3)] });
  assert.deepEqual(split(sights, []), { first: [], doubtful: [] });
});

Deno.test("createFirstSights() leaves all rows of one record in a batch to STG", () => {
  const sights = createFirstSights();
  const { first, doubtful } = split(sights, [live(1), live(2), live(1)]);
  assert.deepEqual([first, doubtful], [[live(2)], [live(1), live(1)]]);
});

Deno.test("createFirstSights() leaves markers of deletion to STG, and the live row after one", () => {
  const sights = createFirstSights();
  assert.deepEqual(split(sights, [deleted(1)]), { first: [], doubtful: [deleted(1)] });
  assert.deepEqual(split(sights, [live(1)]), { first: [], doubtful: [live(1)] });
});

Deno.test("createFirstSights() leaves rows to STG whose ids share a place", () => {
  const sights = createFirstSights(8);
  assert.deepEqual(split(sights, [live(1), live(9)]).doubtful, [live(1), live(9)]);
  assert.deepEqual(split(sights, [live(2), live(17)]), { first: [live(2)], doubtful: [live(17)] });
});

Deno.test("createFirstSights() has a place for each of millions of ids in a row", () => {
  const sights = createFirstSights();
  const ids = [30_000_001, 30_000_002, 30_000_001 + 2 ** 23 - 1].map(live);
  for (const one of ids) assert.deepEqual(split(sights, [one]).first, [one]);
});

Deno.test("NO_FIRST_SIGHTS leaves all rows to STG", () => {
  assert.deepEqual(split(NO_FIRST_SIGHTS, [live(1)]), { first: [], doubtful: [live(1)] });
});
