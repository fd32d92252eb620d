import assert from "node:assert/strict";
import { hashRow, hashText } from "../../../../lib/landing/records/row_hash.ts";

const NUMBERS = new Set(["dailyrate"]);

Deno.test("hashRow() is the SHA-256 of a line for each column that has a value", () => {
  const row = {
    status_id: 7,
    name: "Anna\\n\n",
    dailyrate: "+0350.50",
    plate: null,
    rental_start: "2026-05-01T06:00:00Z",
    is_deleted: false,
    license: "007.50",
  };
  const lines = [
    "dailyrate=350.5",
    "is_deleted=false",
    "license=007.50",
    "name=Anna\\\\n\\n",
    "rental_start=2026-05-01T06:00:00Z",
    "status_id=7",
  ];
  assert.equal(hashRow(row, NUMBERS), hashText(lines.map((line) => `${line}\n`).join("")));
});

Deno.test("hashRow() writes equal numbers alike", () => {
  const hashes = (...texts: string[]) =>
    new Set(texts.map((dailyrate) => hashRow({ dailyrate }, NUMBERS))).size;
  assert.equal(hashes("0", "-0", "0.00", "+0", "00"), 1);
  assert.equal(hashes("350", "350.0", "+350", "0350.000"), 1);
  assert.equal(hashes("-0.5", "-00.50"), 1);
  assert.equal(hashes("350", "-350", "35", "3500", "350.05"), 5);
});

Deno.test("hashRow() changes neither with the order of columns nor with a new one that is empty", () => {
  const hash = hashRow({ plate: "A 1", model: "Kia" }, NUMBERS);
  assert.equal(hashRow({ model: "Kia", plate: "A 1", vin: null }, NUMBERS), hash);
  assert.notEqual(hashRow({ model: "A 1", plate: "Kia" }, NUMBERS), hash);
});
