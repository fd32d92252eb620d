import assert from "node:assert/strict";
import { compare } from "../../../../lib/dashboard/frame/comparison.ts";
import { createFormat } from "../../../../lib/dashboard/words/format.ts";
import { FORMAT } from "../../../support/markup.ts";

const than = "April 2026";

Deno.test("compare() says more, less and the same in words, and whether that is good", () => {
  assert.deepEqual(compare(FORMAT, "money", "110", { value: "100", than, isMoreBetter: true }), {
    text: "10.0% more than April 2026",
    direction: "up",
    judgement: "good",
  });
  assert.deepEqual(compare(FORMAT, "count", 3, { value: 4, than, isMoreBetter: false }), {
    text: "25.0% less than April 2026",
    direction: "down",
    judgement: "good",
  });
  assert.deepEqual(compare(FORMAT, "count", 3, { value: 4, than, isMoreBetter: null }), {
    text: "25.0% less than April 2026",
    direction: "down",
    judgement: "neutral",
  });
  assert.deepEqual(compare(FORMAT, "money", "5.00", { value: 5, than, isMoreBetter: true }), {
    text: "the same as April 2026",
    direction: "same",
    judgement: "neutral",
  });
});

Deno.test("compare() gives ratios in percentage points, and differences from 0 as they are", () => {
  assert.equal(
    compare(FORMAT, "ratio", "0.7", { value: "0.66", than, isMoreBetter: true }).text,
    "4 pp more than April 2026",
  );
  assert.equal(
    compare(FORMAT, "money", 12, { value: 0, than, isMoreBetter: true }).text,
    "€12.00 more than April 2026",
  );
  assert.equal(
    compare(FORMAT, "money", "-150", { value: "-100", than, isMoreBetter: true }).text,
    "50.0% less than April 2026",
  );
});

Deno.test("compare() says that there is nothing to compare with when a side is unknown", () => {
  const russian = createFormat({ language: "ru", timeZone: "UTC", currency: "RUB" });
  assert.deepEqual(compare(russian, "money", 1, { value: null, than, isMoreBetter: true }), {
    text: "не с чем сравнить: April 2026",
    direction: "unknown",
    judgement: "neutral",
  });
});
