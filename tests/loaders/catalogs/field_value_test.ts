import assert from "node:assert/strict";
import type { FieldDefinition } from "../../../loaders/fields/field_definitions.ts";
import { holdsValue, toSentValue } from "../../../loaders/catalogs/field_value.ts";

const ZONE = "Asia/Dubai";

function field(type: string): FieldDefinition {
  const enums = [{ id: 5, value: "Red" }, { id: 6, value: "Blue" }];
  return { id: 1, name: "F", code: null, type, enums, isDeletable: true, raw: {} };
}

const SENT: readonly (readonly [string, unknown, unknown])[] = [
  ["text", " A 1 ", { value: "A 1" }],
  ["text", 7, { value: "7" }],
  ["text", "", null],
  ["text", null, null],
  ["numeric", 99.5, { value: "99.5" }],
  ["numeric", " 12 ", { value: "12" }],
  // 2026-05-03 begins in Dubai at 20:00 UTC of the day before.
  ["date", "2026-05-03", { value: 1777752000 }],
  ["birthday", "1990-05-31", { value: 644097600 }],
  ["date_time", "2026-05-03T10:00:00+04:00", { value: 1777788000 }],
  ["checkbox", true, { value: true }],
  ["checkbox", "No", { value: false }],
  ["select", "red ", { value: "Red", enum_id: 5 }],
  ["multitext", "+971500000001", { value: "+971500000001", enum_code: "WORK" }],
];

for (const [type, given, value] of SENT) {
  Deno.test(`toSentValue() turns ${JSON.stringify(given)} into a value of type ${type}`, () => {
    assert.deepEqual(toSentValue(field(type), given, ZONE), { value });
  });
}

const REFUSED: readonly (readonly [string, unknown, string])[] = [
  ["text", { a: 1 }, "is not text"],
  ["numeric", "1,200", "is not a number"],
  ["date", "03.05.2026", "is not a date like 1990-05-31"],
  ["birthday", "2026-02-30", "is not a date like 1990-05-31"],
  ["date_time", "tomorrow", "is not a time like 2026-05-03T10:00:00+04:00"],
  ["checkbox", "perhaps", "is not true or false"],
  ["select", "green", 'is none of the choices of the field: "Red", "Blue"'],
  ["file", "x", "is for a field of type file, which cannot be filled from a file"],
];

for (const [type, given, reason] of REFUSED) {
  Deno.test(`toSentValue() refuses ${JSON.stringify(given)} for type ${type} without quoting it`, () => {
    assert.deepEqual(toSentValue(field(type), given, ZONE), { reason });
  });
}

Deno.test("holdsValue() compares meanings, not spellings", () => {
  const holds = (type: string, current: unknown, wanted: unknown) =>
    holdsValue(field(type), [{ value: current }], { value: wanted }, ZONE);
  assert.ok(holds("numeric", "99.50", "99.5"));
  assert.ok(holds("text", "A 1 ", "A 1"));
  assert.ok(holds("date", "2026-05-03T00:00:00+04:00", 1777752000));
  assert.ok(holds("birthday", 1777752000 + 3600, 1777752000));
  assert.ok(!holds("date", 1777752000 - 1, 1777752000));
  assert.ok(!holds("text", "a 1", "A 1"));
});

Deno.test("holdsValue() is content with one of several values, and sees an empty field", () => {
  const phone = field("multitext");
  const phones = [{ value: "+971500000001" }, { value: "+971500000002" }];
  assert.ok(holdsValue(phone, phones, { value: "+971500000002" }, ZONE));
  assert.ok(!holdsValue(phone, phones, { value: "+971500000003" }, ZONE));
  assert.ok(holdsValue(phone, [], null, ZONE));
  assert.ok(!holdsValue(phone, phones, null, ZONE));
});
