import assert from "node:assert/strict";
import { WrittenNumber } from "../../../loaders/catalogs/located_json.ts";
import type { FieldDefinition } from "../../../loaders/fields/field_definitions.ts";
import { holdsValues, toSentValue } from "../../../loaders/catalogs/field_value.ts";
import { findMadeDate } from "../../../loaders/catalogs/spreadsheet_traces.ts";

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
  // Blanks that nobody sees: no-break, of no width, a mark of direction, a byte order mark, a Hangul filler.
  ["text", "\u00A0 \u200B\u200E\uFEFF\u3164\t", null],
  ["text", "\u200B A 1\u00A0", { value: "A 1" }],
  ["text", new WrittenNumber("1.10", 1.1), { value: "1.10" }],
  ["text", new WrittenNumber("784199012345678901", 784199012345678900), {
    value: "784199012345678901",
  }],
  ["numeric", new WrittenNumber("1e3", 1000), { value: "1000" }],
  ["numeric", 99.5, { value: "99.5" }],
  ["numeric", " 12 ", { value: "12" }],
  // 2026-05-03 begins in Dubai at 20:00 UTC of the day before.
  ["date", "2026-05-03", { value: 1777752000 }],
  ["birthday", "1990-05-31", { value: 644097600 }],
  // Midnight of whatever zone is that day.
  ["birthday", "1990-05-31T00:00:00+00:00", { value: 644097600 }],
  ["birthday", "1990-05-31 00:00:00", { value: 644097600 }],
  ["date_time", "2026-05-03T10:00:00+04:00", { value: 1777788000 }],
  ["checkbox", true, { value: true }],
  ["checkbox", "No", { value: false }],
  ["select", "red ", { value: "Red", enum_id: 5 }],
  ["multitext", "+971500000001", { value: "+971500000001", enum_code: "WORK" }],
];

Deno.test("toSentValue() takes plates, licences and phones that only remind of numbers", () => {
  for (const text of ["1E5", "5E10", "#12", "A-123", "784-1990-1234567-1", "100000", "12 MAY 7"]) {
    assert.deepEqual(toSentValue(field("text"), text, ZONE), { value: { value: text } });
  }
});

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
  ...[
    "#REF!",
    "#N/A",
    "#DIV/0!",
    "#NAME?",
    "#ССЫЛКА!",
    "#Н/Д",
    "#¡VALOR!",
    "Err:502",
    "#I/T",
    "#WERT!",
    "Loading...",
    "########",
  ]
    .flatMap(
      (text) =>
        ["text", "numeric", "birthday", "checkbox", "select"].map((type) =>
          [type, text, "is an error of a spreadsheet, expected a value: mend the cell"] as const
        ),
    ),
  [
    "text",
    "Zebediah \uFFFD",
    "holds a replacement character, where a letter was lost: save the source anew as UTF-8",
  ],
  ...[
    "9.715E+11",
    "9,715E+11",
    "9.71500000777E+011",
    "1E+05",
    new WrittenNumber("9.715e11", 971500000000),
  ]
    .flatMap((given) =>
      ["text", "multitext"].map((type) =>
        [
          type,
          given,
          "is in scientific notation, so digits are lost: format the column as text and enter it anew",
        ] as const
      )
    ),
  [
    "text",
    "784199012345678000",
    "has only zeros after its 15th digit, as a spreadsheet rounds: format the column as text and enter it anew",
  ],
  ...["33024", "33024.5", "33024,5", 33024, "0"].flatMap((given) =>
    ["date", "birthday", "date_time"].map((type) =>
      [
        type,
        given,
        "is a number as spreadsheets count days, expected a date like 1990-05-31: format the column as a date",
      ] as const
    )
  ),
  ["birthday", "19900531", "is a number, expected a date like 1990-05-31"],
  ["file", "x", "is for a field of type file, which cannot be filled from a file"],
];

for (const [type, given, reason] of REFUSED) {
  Deno.test(`toSentValue() refuses ${JSON.stringify(given)} for type ${type} without quoting it`, () => {
    assert.deepEqual(toSentValue(field(type), given, ZONE), { reason });
  });
}

Deno.test("holdsValues() compares meanings, not spellings", () => {
  const holds = (type: string, current: unknown, wanted: unknown) =>
    holdsValues(field(type), [{ value: current }], [{ value: wanted }], ZONE);
  assert.ok(holds("numeric", "99.50", "99.5"));
  assert.ok(holds("text", "A 1 ", "A 1"));
  assert.ok(holds("date", "2026-05-03T00:00:00+04:00", 1777752000));
  assert.ok(holds("birthday", 1777752000 + 3600, 1777752000));
  assert.ok(!holds("date", 1777752000 - 1, 1777752000));
  assert.ok(!holds("text", "a 1", "A 1"));
});

Deno.test("holdsValues() is content with one of several values, and sees an empty field", () => {
  const phone = field("multitext");
  const phones = [{ value: "+971500000001" }, { value: "+971500000002" }];
  assert.ok(holdsValues(phone, phones, [{ value: "+971500000002" }], ZONE));
  assert.ok(!holdsValues(phone, phones, [{ value: "+971500000003" }], ZONE));
  assert.ok(holdsValues(phone, [], [], ZONE));
  assert.ok(!holdsValues(phone, phones, [], ZONE));
});

Deno.test("findMadeDate() knows what Excel makes of a month and a number, and no plate with them", () => {
  const found = ["3-Mar", "03-MAR", "12.мар", "Mar-03", "янв.21"].map((text) =>
    findMadeDate(text) !== null
  );
  assert.deepEqual(found, [true, true, true, true, true]);
  for (const text of ["12 MAY", "MAR 1", "A 3-Mar", "DEC-2026", "3-Mart", "МАР-123"]) {
    assert.equal(findMadeDate(text), null, text);
  }
});
