import assert from "node:assert/strict";
import { judgeFields, judgeStages } from "../../../lib/landing/drift.ts";
import {
  hasRenamedOption,
  type SchemaEntry,
  toSchema,
  toStageSchema,
} from "../../../lib/landing/source_schema.ts";

function field(id: number, name: string, type = "text"): SchemaEntry {
  return { kind: "field", key: String(id), name, type, code: null };
}
function option(key: string, name: string): SchemaEntry {
  return { kind: "option", key, name, type: null, code: null };
}
const PLATE = field(7, "Plate");
const MODEL = field(8, "Model", "select");

/** What is told of cars, as change, was, became, advice and what waits. */
function judge(
  past: readonly SchemaEntry[],
  present: readonly SchemaEntry[],
  overrides: Readonly<Record<string, number>> = {},
): unknown[][] {
  return judgeFields("cars", past, present, overrides)
    .map(({ change, was, became, advice, waits }) => [change, was, became, advice, waits]);
}

Deno.test("judgeFields() tells nothing at the first look, and nothing of what stayed", () => {
  assert.deepEqual(judge([], [PLATE, MODEL]), []);
  assert.deepEqual(judge([PLATE, MODEL], [MODEL, PLATE]), []);
});

Deno.test("judgeFields() names the line for a column that is left without a field", () => {
  assert.deepEqual(judge([PLATE], [field(7, "Number")]), [[
    "changed",
    '"Plate" (text)',
    '"Number" (text)',
    'plate stays empty: AMO_FIELD_MAP={"cars":{"plate":7}}',
    ["plate"],
  ]]);
  const create =
    "plate stays empty: create it with deno task helper_fields --all, or name another: " +
    'AMO_FIELD_MAP={"cars":{"plate":ID}}';
  assert.deepEqual(judge([PLATE], []), [["vanished", '"Plate" (text)', null, create, ["plate"]]]);
  assert.deepEqual(judge([PLATE], [field(7, "Plate", "checkbox")]), [[
    "changed",
    '"Plate" (text)',
    '"Plate" (checkbox)',
    create,
    ["plate"],
  ]]);
});

Deno.test("judgeFields() says which field fills a column instead, and how to go back", () => {
  assert.deepEqual(judge([PLATE], [field(3, "plate"), PLATE]), [[
    "appeared",
    null,
    '"plate" (text)',
    'plate is read from it now; to read field 7 again: AMO_FIELD_MAP={"cars":{"plate":7}}',
    [],
  ]]);
  assert.deepEqual(judge([PLATE], [field(7, "Old plate"), field(9, "Plate")]).at(-1), [
    "changed",
    '"Plate" (text)',
    '"Old plate" (text)',
    'plate is read from field 9 now; to read this one again: AMO_FIELD_MAP={"cars":{"plate":7}}',
    [],
  ]);
});

Deno.test("judgeFields() says when nothing has to change", () => {
  const map = { plate: 7 };
  assert.deepEqual(judge([PLATE], [field(7, "Number")], map).map((row) => row[3]), [
    "it still fills plate: nothing to change",
  ]);
  const notes = field(20, "Notes");
  assert.deepEqual(judge([PLATE, notes], [PLATE, field(20, "Remarks")])[0], [
    "changed",
    '"Notes" (text)',
    '"Remarks" (text)',
    "nothing reads it: nothing to change",
    [],
  ]);
});

Deno.test("judgeFields() tells options of fields that stay, not those that come or go with them", () => {
  const past = [MODEL, option("8:1", "SUV"), option("8:2", "Van")];
  assert.deepEqual(
    judge(past, [MODEL, option("8:1", "Off-road"), option("8:3", "Coupe")]).map((row) =>
      row.slice(0, 3)
    ),
    [
      ["appeared", null, '"Coupe"'],
      ["changed", '"SUV"', '"Off-road"'],
      ["vanished", '"Van"', null],
    ],
  );
  assert.deepEqual(judge([...past, PLATE], [PLATE]).length, 1);
});

Deno.test("hasRenamedOption() looks at names of options alone", () => {
  const past = [MODEL, option("8:1", "SUV")];
  assert.equal(hasRenamedOption(past, [MODEL, option("8:1", "Off-road")]), true);
  assert.equal(hasRenamedOption(past, [MODEL, option("8:1", "SUV"), option("8:2", "Van")]), false);
  assert.equal(
    hasRenamedOption(past, [field(8, "Car model", "select"), option("8:1", "SUV")]),
    false,
  );
  assert.equal(hasRenamedOption([], past), false);
});

Deno.test("toSchema() keeps the options of fields that fill a column, as PostgreSQL can hold them", () => {
  const fields = [
    { id: 8, name: "Model", code: null, type: "select", options: [{ id: 1, value: "S\0V" }] },
    { id: 9, name: "Source", code: "SRC", type: "select", options: [{ id: 2, value: "Web" }] },
  ];
  assert.deepEqual(toSchema(fields, { model: { id: 8 } }), [
    { kind: "field", key: "8", name: "Model", type: "select", code: null },
    { kind: "option", key: "8:1", name: "S\uFFFDV", type: null, code: null },
    { kind: "field", key: "9", name: "Source", type: "select", code: "SRC" },
  ]);
});

Deno.test("judgeStages() tells a new pipeline as one, and a stage with the line that classes it", () => {
  const pipeline = (id: number, ...names: string[]) => ({
    id,
    name: `Pipeline ${id}`,
    is_archive: false,
    statuses: names.map((name, i) => ({ id: id * 10 + i, name, sort: i })),
  });
  const past = toStageSchema([pipeline(1, "Inquiry", "Lost")]);
  const present = toStageSchema([
    pipeline(1, "Inquiry", "Prepaid", "Confirmed"),
    pipeline(2, "New"),
  ]);
  const stages = new Map([["1:10", "inquiry"], ["1:11", null], ["1:12", "confirmed"], [
    "2:20",
    null,
  ]]);
  assert.deepEqual(
    judgeStages(past, present, stages).map((
      { kind, key, advice, waits },
    ) => [kind, key, advice, waits]),
    [
      ["stage", "1:12", "its leads count as confirmed: nothing to change if that is right", []],
      ["pipeline", "2", "nothing to change, unless AMO_PIPELINE names it", []],
      [
        "stage",
        "1:11",
        "no rule classes it, so its rentals are no bookings: insert into dict.dict_stage_rule " +
        "(priority, name_pattern, stage) values (1000, 'Prepaid', 'confirmed'), or whatever stage it is",
        ["stage"],
      ],
    ],
  );
});
