import assert from "node:assert/strict";
import {
  parseId,
  parseInteger,
  parseNumber,
  parseText,
} from "../../../../lib/landing/records/values.ts";

Deno.test("parseText() trims, and makes blank text null", () => {
  assert.deepEqual(parseText("  Kia \n"), { value: "Kia" });
  assert.deepEqual(parseText(" \t"), { value: null });
  assert.deepEqual(parseText(null), { value: null });
  assert.deepEqual(parseText(12), { value: "12" });
  assert.deepEqual(parseText({ a: 1 }), { reason: "not text" });
});

Deno.test("parseNumber() keeps every digit of what is plainly a number", () => {
  const digits = "12345678901234567890123456789.000000000000000000001";
  for (const text of ["0", "-7", "+3.5", "0.50", digits]) {
    assert.deepEqual(parseNumber(` ${text} `), { value: text });
  }
  assert.deepEqual(parseNumber(350), { value: "350" });
  assert.deepEqual(parseNumber(""), { value: null });
  assert.deepEqual(parseNumber(null), { value: null });
});

Deno.test("parseNumber() refuses everything else", () => {
  const others = [
    ".5",
    "5.",
    "n/a",
    "1,200",
    "NaN",
    "1e3",
    "0x10",
    "1 200",
    "--1",
    ".",
    "-.5",
    "٣",
    "9".repeat(1001),
  ];
  for (const value of [...others, true, {}, 1e21, Infinity]) {
    assert.deepEqual(parseNumber(value), { reason: "not a number" }, String(value));
  }
});

Deno.test("parseInteger() takes whole numbers that fit PostgreSQL's integer", () => {
  assert.deepEqual(parseInteger("2024"), { value: 2024 });
  assert.deepEqual(parseInteger("2024.0"), { value: 2024 });
  assert.deepEqual(parseInteger("2147483647"), { value: 2147483647 });
  assert.deepEqual(parseInteger("2147483648"), { reason: "not a whole number" });
  assert.deepEqual(parseInteger("20.5"), { reason: "not a whole number" });
  assert.deepEqual(parseInteger(""), { value: null });
});

Deno.test("parseId() takes whole JSON numbers that lose no digit", () => {
  assert.deepEqual(parseId(9007199254740991), { value: 9007199254740991 });
  assert.deepEqual(parseId(9007199254740992), { reason: "not a whole number" });
  assert.deepEqual(parseId("7"), { reason: "not a whole number" });
  assert.deepEqual(parseId(undefined), { value: null });
});
