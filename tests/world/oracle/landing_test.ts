import assert from "node:assert/strict";
import { land, type Landed, type StgRow } from "./landing.ts";

function seen(name: string, observedAt: number, updatedAt: number): StgRow {
  const columns = { name };
  return { id: 1, observedAt, updatedAt, columns, deletedBy: null, hash: name };
}

function marker(observedAt: number): StgRow {
  const deletedBy = "event" as const;
  return { id: 1, observedAt, updatedAt: observedAt, columns: null, deletedBy, hash: "-" };
}

function landAll(...loads: readonly (readonly StgRow[])[]) {
  const landed: Landed = new Map();
  for (const copies of loads) land(landed, copies);
  return (landed.get(1) ?? []).map(({ hash, observedAt }) => [hash, observedAt]);
}

Deno.test("land() keeps a copy that differs from the row before it, a touch too", () => {
  const rows = landAll([seen("A", 10, 5)], [seen("A", 20, 5)], [seen("A", 30, 25)]);
  assert.deepEqual(rows, [["A", 10], ["A", 30]]);
});

Deno.test("land() keeps a state that comes back under one updated_at", () => {
  const rows = landAll([seen("A", 10, 5)], [seen("B", 20, 5)], [seen("A", 30, 5)]);
  assert.deepEqual(rows, [["A", 10], ["B", 20], ["A", 30]]);
});

Deno.test("land() puts the copies of one load in order before it compares them", () => {
  assert.deepEqual(landAll([seen("B", 20, 15), seen("A", 10, 5), seen("B", 30, 15)]), [
    ["A", 10],
    ["B", 20],
  ]);
});

Deno.test("land() keeps no marker before the first live row nor after a marker", () => {
  assert.deepEqual(landAll([marker(5)], [seen("A", 10, 5)], [marker(20)], [marker(30)]), [
    ["A", 10],
    ["-", 20],
  ]);
});

Deno.test("land() puts a late marker before the rows that were seen after it", () => {
  assert.deepEqual(landAll([seen("A", 10, 5)], [seen("B", 30, 25)], [marker(20)]), [
    ["A", 10],
    ["-", 20],
    ["B", 30],
  ]);
});

Deno.test("land() lets a record begin only where it may", () => {
  const landed: Landed = new Map();
  const mayBegin = ({ hash }: StgRow) => hash === "rental";
  land(landed, [seen("other", 10, 5), seen("rental", 20, 15), seen("other", 30, 25)], mayBegin);
  assert.deepEqual(landed.get(1)?.map(({ hash }) => hash), ["rental", "other"]);
});
