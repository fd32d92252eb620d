import assert from "node:assert/strict";
import type { EventNoted } from "./journal.ts";
import type { StgRow } from "./landing.ts";
import { walkOf } from "./status_walk.ts";

const RENTALS = 10;

/** The lead was created at 0 and seen in a status. */
function seen(status: number, observedAt: number, updatedAt: number, pipeline = RENTALS): StgRow {
  const columns = { pipeline_id: pipeline, status_id: status, created_at: 0 };
  const hash = `${pipeline}/${status}`;
  return { id: 1, observedAt, updatedAt, columns, deletedBy: null, hash };
}

function marker(observedAt: number): StgRow {
  const deletedBy = "event" as const;
  return { id: 1, observedAt, updatedAt: observedAt, columns: null, deletedBy, hash: "-" };
}

function event(type: string, createdAt: number, more: Partial<EventNoted> = {}): EventNoted {
  const about = { entityId: 1, entityType: "lead", before: [], after: [], shownAtMs: 0 };
  return { id: `${type}${createdAt}`, type, createdAt, ...about, ...more };
}

function moved(at: number, from: number, to: number): EventNoted {
  const side = (id: number) => [{ lead_status: { id, pipeline_id: RENTALS } }];
  return event("lead_status_changed", at, { before: side(from), after: side(to) });
}

/** [from, to, source, earliest, change, latest, dwell] */
function walk(rows: readonly StgRow[], events: readonly EventNoted[] = []) {
  return walkOf(rows, events).changes.map((change) => [
    change.from.statusId,
    change.to.statusId,
    change.source,
    change.earliestTs,
    change.changeTs,
    change.latestTs,
    change.dwell,
  ]);
}

Deno.test("walkOf() bounds a change that only sights show", () => {
  assert.deepEqual(walk([seen(1, 100, 50), seen(2, 200, 150)]), [
    [1, 2, "history", 100, 150, 200, 150],
  ]);
});

Deno.test("walkOf() takes the time of an event, also before the first sight, and agreeing sights add nothing", () => {
  assert.deepEqual(
    walk([seen(2, 100, 50), seen(3, 200, 150)], [moved(40, 1, 2), moved(150, 2, 3)]),
    [
      [1, 2, "event", 40, 40, 40, 40],
      [2, 3, "event", 150, 150, 150, 110],
    ],
  );
});

Deno.test("walkOf() fills a missing event with a gap", () => {
  assert.deepEqual(walk([seen(1, 100, 50)], [moved(150, 2, 3)]), [
    [1, 2, "gap", 100, 150, 150, 150],
    [2, 3, "event", 150, 150, 150, 0],
  ]);
});

Deno.test("walkOf() chains the events of one second, and of two with one key the first stands", () => {
  const rows = [seen(1, 100, 50)];
  assert.deepEqual(walk(rows, [moved(150, 2, 1), moved(150, 1, 2)]), [
    [1, 2, "event", 150, 150, 150, 150],
    [2, 1, "event", 150, 150, 150, 0],
  ]);
  const thrice = [moved(150, 1, 2), moved(150, 2, 1), moved(150, 1, 2)];
  assert.deepEqual(walk(rows, thrice).length, 2);
});

Deno.test("walkOf() lets a sight of the same second stand where it agrees", () => {
  assert.deepEqual(walk([seen(1, 100, 50), seen(2, 150, 150)], [moved(150, 1, 2)]), [
    [1, 2, "event", 150, 150, 150, 150],
  ]);
  assert.deepEqual(walk([seen(1, 150, 50)], [moved(150, 1, 2)]), [
    [1, 2, "event", 150, 150, 150, 150],
  ]);
});

Deno.test("walkOf() ends a visit with the deletion and begins one with the return", () => {
  const rows = [seen(1, 100, 50), marker(200), seen(1, 300, 280), seen(2, 400, 380)];
  assert.deepEqual(walk(rows), [[1, 2, "history", 300, 380, 400, 100]]);
  assert.deepEqual(walk(rows, [event("lead_restored", 270)]), [
    [1, 2, "history", 300, 380, 400, 110],
  ]);
});

Deno.test("walkOf() counts the dwell of a return in another status to the deletion, or from lead_restored", () => {
  const rows = [seen(1, 100, 50), marker(200), seen(2, 300, 280)];
  assert.deepEqual(walk(rows), [[1, 2, "history", 100, 280, 300, 200]]);
  assert.deepEqual(walk(rows, [event("lead_restored", 270)]), [
    [1, 2, "history", 100, 280, 300, 10],
  ]);
});

Deno.test("walkOf() follows a lead through pipelines", () => {
  const rows = [seen(1, 100, 50), seen(7, 200, 150, 20), seen(1, 300, 250)];
  assert.deepEqual(walk(rows), [
    [1, 7, "history", 100, 150, 200, 150],
    [7, 1, "history", 200, 250, 300, 100],
  ]);
});
