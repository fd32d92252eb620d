import assert from "node:assert/strict";
import { type Version, versionsOf } from "./history.ts";
import type { DeletedBy, StgRow } from "./landing.ts";

/** A live row: what the lead is named, when it was seen, what it says of its last change. */
function seen(name: string, observedAt: number, updatedAt: number): StgRow {
  const columns = { name, created_at: 0 };
  return { id: 1, observedAt, updatedAt, columns, deletedBy: null, hash: name };
}

function marker(deletedBy: DeletedBy, observedAt: number, updatedAt = observedAt): StgRow {
  return { id: 1, observedAt, updatedAt, columns: null, deletedBy, hash: deletedBy };
}

/** [name, from, to, closed by] */
function brief(versions: readonly Version[]) {
  return versions.map(({ columns, validFrom, validTo, closedBy }) => [
    columns.name,
    validFrom,
    validTo,
    closedBy,
  ]);
}

Deno.test("versionsOf() opens a version at updated_at where it lies between two sights", () => {
  assert.deepEqual(brief(versionsOf([seen("A", 100, 50), seen("B", 200, 150)])), [
    ["A", 50, 150, null],
    ["B", 150, null, null],
  ]);
});

Deno.test("versionsOf() opens a version at its sight when updated_at was written back or ahead", () => {
  const rows = [seen("A", 100, 90), seen("B", 200, 20), seen("C", 300, 999)];
  assert.deepEqual(brief(versionsOf(rows)), [
    ["A", 90, 200, null],
    ["B", 200, 300, null],
    ["C", 300, null, null],
  ]);
});

Deno.test("versionsOf() gives three versions of A, B, A under one updated_at", () => {
  const rows = [seen("A", 100, 90), seen("B", 200, 90), seen("A", 300, 90)];
  assert.deepEqual(brief(versionsOf(rows)), [
    ["A", 90, 200, null],
    ["B", 200, 300, null],
    ["A", 300, null, null],
  ]);
});

Deno.test("versionsOf() opens nothing for a touch, which moves the next opening all the same", () => {
  const rows = [seen("A", 100, 90), seen("A", 200, 150), seen("B", 300, 150)];
  assert.deepEqual(brief(versionsOf(rows)), [["A", 90, 300, null], ["B", 300, null, null]]);
});

Deno.test("versionsOf() keeps the last of two rows that open at one time", () => {
  const rows = [seen("A", 100, 90), seen("B", 200, 200), seen("C", 200, 150)];
  assert.deepEqual(brief(versionsOf(rows)), [["A", 90, 200, null], ["C", 200, null, null]]);
});

Deno.test("versionsOf() never opens the first version before the creation, nor after its sight", () => {
  const early = { ...seen("A", 100, 50), columns: { name: "A", created_at: 70 } };
  const late = { ...seen("A", 100, 50), columns: { name: "A", created_at: 500 } };
  assert.deepEqual(brief(versionsOf([early])), [["A", 70, null, null]]);
  assert.deepEqual(brief(versionsOf([late])), [["A", 100, null, null]]);
});

Deno.test("versionsOf() closes at the first marker and leaves the gap to the return", () => {
  const rows = [
    seen("A", 100, 90),
    marker("event", 150),
    marker("only_deleted", 200, 150),
    seen("A", 300, 280),
  ];
  assert.deepEqual(brief(versionsOf(rows)), [["A", 90, 150, "event"], ["A", 280, null, null]]);
});

Deno.test("versionsOf() lets a return that cannot be believed open at lead_restored, else at its sight", () => {
  const rows = [seen("A", 100, 90), marker("event", 150), seen("A", 300, 90)];
  assert.deepEqual(brief(versionsOf(rows)), [["A", 90, 150, "event"], ["A", 300, null, null]]);
  assert.deepEqual(brief(versionsOf(rows, [120, 210, 240, 400])), [
    ["A", 90, 150, "event"],
    ["A", 240, null, null],
  ]);
});
