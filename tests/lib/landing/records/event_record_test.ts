import assert from "node:assert/strict";
import { parseEvent } from "../../../../lib/landing/records/event_record.ts";

const EVENT = {
  id: "01kx88gvkrbxyagwtdfjc4wj18",
  type: "lead_status_changed",
  entity_id: 7,
  entity_type: "lead",
  created_at: 1_777_766_400,
  value_before: [{ lead_status: { id: 1, pipeline_id: 10 } }],
  value_after: [{ lead_status: { id: 2, pipeline_id: 10 } }],
};
const ROW = {
  id: "01kx88gvkrbxyagwtdfjc4wj18",
  lead_id: 7,
  survivor_id: null,
  type: "lead_status_changed",
  before: [{ lead_status: { id: 1, pipeline_id: 10 } }],
  after: [{ lead_status: { id: 2, pipeline_id: 10 } }],
  created_at: "2026-05-03T00:00:00Z",
};

Deno.test("parseEvent() makes a row of an event, with both sides as they came", () => {
  assert.deepEqual(parseEvent(EVENT), { row: ROW, id: 7, rejected: [], event: EVENT });
});

Deno.test("parseEvent() keeps an event whose sides hold no stage, and says which", () => {
  const odd = { ...EVENT, value_before: [], value_after: [{ lead_status: { id: "2" } }] };
  assert.deepEqual(parseEvent(odd), {
    row: { ...ROW, before: [], after: [{ lead_status: { id: "2" } }] },
    id: 7,
    rejected: [
      { field: "value_before", raw: "[]", reason: "not a stage of a pipeline" },
      {
        field: "value_after",
        raw: '[{"lead_status":{"id":"2"}}]',
        reason: "not a stage of a pipeline",
      },
    ],
    event: odd,
  });
});

Deno.test("parseEvent() takes the survivor of a merge from where the feed links to it", () => {
  const merge = { ...EVENT, type: "entity_merged", value_before: [], value_after: [] };
  const survivorOf = (value_after: unknown) =>
    parseEvent({ ...merge, value_after }).row?.survivor_id;
  assert.equal(survivorOf([]), null);
  assert.equal(survivorOf([{ link: { entity: { type: "lead", id: 9 } } }]), 9);
  assert.equal(survivorOf([{ link: { entity: { type: "contact", id: 9 } } }]), null);
  assert.equal(survivorOf([{ link: { entity: { type: "lead", id: 7 } } }]), null);
});

Deno.test("parseEvent() rejects what has no id, lead, type or time", () => {
  const reasonOf = (changes: object) => {
    const parsed = parseEvent({ ...EVENT, ...changes });
    return parsed.row === null ? [parsed.id, parsed.reason] : null;
  };
  assert.deepEqual(reasonOf({ id: null }), [7, "no id"]);
  assert.deepEqual(reasonOf({ entity_id: "7" }), [null, "no lead"]);
  assert.deepEqual(reasonOf({ entity_type: "contact" }), [null, "no lead"]);
  assert.deepEqual(reasonOf({ type: "" }), [7, "no type"]);
  assert.deepEqual(reasonOf({ created_at: "now" }), [7, "no created_at"]);
  assert.deepEqual(parseEvent("text"), {
    row: null,
    id: null,
    raw: '"text"',
    reason: "not an object",
  });
});
