import assert from "node:assert/strict";
import fc from "fast-check";
import { createSortedIndex } from "../../../lib/sandbox/account/sorted_index.ts";

interface Row {
  readonly id: number;
  readonly rank: number;
}

const compare = (a: Row, b: Row) => a.rank - b.rank || a.id - b.id;

/** A row is put with a rank, or removed when it has none. */
const changes = fc.array(
  fc.array(
    fc.record({ id: fc.nat(20), rank: fc.option(fc.nat(5), { nil: null }) }),
    { maxLength: 6 },
  ),
  { maxLength: 12 },
);

Deno.test("createSortedIndex() keeps the order of a full sort through any changes and reads", () => {
  fc.assert(fc.property(changes, (batches) => {
    const rows = new Map<number, Row>();
    const index = createSortedIndex(() => rows.values(), (id) => rows.get(id), compare);
    for (const batch of batches) {
      for (const { id, rank } of batch) {
        if (rank === null) rows.delete(id);
        else rows.set(id, { id, rank });
        index.touch(id);
      }
      assert.deepEqual(index.rows(), [...rows.values()].sort(compare));
    }
  }));
});

Deno.test("createSortedIndex() leaves an array that was read as it was", () => {
  const rows = new Map([[1, { id: 1, rank: 1 }]]);
  const index = createSortedIndex(() => rows.values(), (id) => rows.get(id), compare);
  const before = index.rows();
  rows.set(2, { id: 2, rank: 0 });
  index.touch(2);
  assert.deepEqual(index.rows(), [{ id: 2, rank: 0 }, { id: 1, rank: 1 }]);
  assert.deepEqual(before, [{ id: 1, rank: 1 }]);
});
