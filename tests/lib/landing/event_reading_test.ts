import assert from "node:assert/strict";
import { createDeletions } from "../../../lib/landing/event_reading.ts";

function event(type: string, createdAt: number) {
  return { id: `${type}${createdAt}`, leadId: 1, type, createdAt, record: {} };
}

Deno.test("createDeletions() knows the last of a lead's deletions and returns, in any order", () => {
  const deletions = createDeletions();
  deletions.note(event("lead_restored", 200));
  deletions.note(event("lead_deleted", 100));
  assert.equal(deletions.isDeleted(1, 0), false);
  deletions.note(event("lead_deleted", 300));
  assert.equal(deletions.isDeleted(1, 0), true);
  assert.equal(deletions.isDeleted(2, 0), false);
});

Deno.test("createDeletions() takes a lead of a deletion and a return in one second for one to look for", () => {
  const deletions = createDeletions();
  deletions.note(event("lead_deleted", 100));
  deletions.note(event("lead_restored", 100));
  assert.equal(deletions.isDeleted(1, 0), false);
});

Deno.test("createDeletions() says nothing of a lead that was seen after its deletion, though no event tells of its return", () => {
  const deletions = createDeletions();
  deletions.note(event("lead_deleted", 100));
  assert.equal(deletions.isDeleted(1, 100), true);
  assert.equal(deletions.isDeleted(1, 101), false);
});
