import assert from "node:assert/strict";
import { formatAnswer } from "../../../pipeline/sql/format.ts";
import type { Answer } from "../../../pipeline/sql/query.ts";

const ANSWER: Answer = {
  columns: [
    { name: "lead_id", type: 20 },
    { name: "plate", type: 25 },
    { name: "amount", type: 1700 },
    { name: "is_booking", type: 16 },
    { name: "payload", type: 3802 },
  ],
  rows: [
    ["7", 'A "1", B', "249.90", "t", '{"a": [1]}'],
    ["9007199254740993", "", null, "f", null],
    ["8", "two\nlines\u001b[31m", "0", "t", "1"],
  ],
  isCut: false,
};

Deno.test("formatAnswer() aligns a table and keeps control characters from the terminal", () => {
  assert.equal(
    formatAnswer(ANSWER, "table"),
    `         lead_id  plate           amount  is_booking  payload
----------------------------------------------------------------
               7  A "1", B        249.90  t           {"a": [1]}
9007199254740993                          f
               8  two lines [31m       0  t           1
(3 rows)`,
  );
});

Deno.test("formatAnswer() says when rows were left out", () => {
  const cut = { columns: [{ name: "n", type: 23 }], rows: [["1"]], isCut: true };
  assert.equal(formatAnswer(cut, "table"), "n\n-\n1\n(the first 1 row; --limit 0 shows all)");
});

Deno.test("formatAnswer() writes CSV in which null and empty text differ", () => {
  assert.equal(
    formatAnswer(ANSWER, "csv"),
    `lead_id,plate,amount,is_booking,payload
7,"A ""1"", B",249.90,t,"{""a"": [1]}"
9007199254740993,"",,f,
8,"two
lines\u001b[31m",0,t,1`,
  );
});

Deno.test("formatAnswer() writes JSON that keeps every digit", () => {
  assert.deepEqual(JSON.parse(formatAnswer(ANSWER, "json")), [
    { lead_id: 7, plate: 'A "1", B', amount: "249.90", is_booking: true, payload: { a: [1] } },
    { lead_id: "9007199254740993", plate: "", amount: null, is_booking: false, payload: null },
    { lead_id: 8, plate: "two\nlines\u001b[31m", amount: "0", is_booking: true, payload: 1 },
  ]);
});

Deno.test("formatAnswer() shows an answer without rows", () => {
  const empty: Answer = { columns: [{ name: "n", type: 23 }], rows: [], isCut: false };
  assert.equal(formatAnswer(empty, "table"), "n\n-\n(0 rows)");
  assert.equal(formatAnswer(empty, "csv"), "n");
  assert.equal(formatAnswer(empty, "json"), "[]");
});
