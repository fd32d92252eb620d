import assert from "node:assert/strict";
import { lookupKey } from "../../../lib/landing/records/lookup_key.ts";
import { testOnEveryLocale } from "../../support/warehouses.ts";

/** A text and its key; null where nothing is left. */
const KEYS: readonly (readonly [string, string | null])[] = [
  ["A 10421", "A10421"],
  ["a-10421", "A10421"],
  ["\ta\u00A01\u202F0421\n", "A10421"],
  ["A\u00AD1\u200B0\uFEFF4\u206021", "A10421"],
  ["A–1—0‒4−2‐1", "A10421"],
  ["Ａ１０４２１", "A10421"],
  ["А777ВС77", "A777BC77"],
  ["а 777 вс 77", "A777BC77"],
  ["A777BC77", "A777BC77"],
  ["АВЕКМНОРСТУХ", "ABEKMHOPCTYX"],
  ["авекмнорстух", "ABEKMHOPCTYX"],
  ["Ж 1 + 77", "Ж1+77"],
  ["ж1+77", "Ж1+77"],
  ["ї є ё ґ ӏ", "ЇЄЁҐӀ"],
  ["münchen ß ÿ æ ÷", "MÜNCHENßŸÆ÷"],
  ["mu\u0308nchen", "MÜNCHEN"],
  ["istanbul ı İ", "ISTANBULıİ"],
  ["№ 5", "NO5"],
  ["ﬁ", "FI"],
  [" - \u200D\u2013 ", null],
  ["", null],
];

testOnEveryLocale("lookupKey() and ods.lookup_key give the keys as written", async ({ sql }) => {
  const texts = JSON.stringify(KEYS.map(([text]) => text));
  const rows = await sql`
    select ods.lookup_key(value) as key
    from jsonb_array_elements_text(${texts}::text::jsonb) with ordinality
    order by ordinality
  `;

  assert.deepEqual(rows.map(({ key }) => key), KEYS.map(([, key]) => key));
  assert.deepEqual(KEYS.map(([text]) => lookupKey(text) || null), KEYS.map(([, key]) => key));
});

/** Blocks whose compatible forms are younger than Unicode 14, which the oldest server has. */
const YOUNGER = /[\u{1CCD6}-\u{1CCF9}\u{1E030}-\u{1E06D}\u{105C9}\u{105E4}\u{A7F1}]/u;

testOnEveryLocale(
  "lookupKey() and ods.lookup_key agree character by character",
  async ({ sql }) => {
    const rows = await sql`
    select
      code,
      coalesce(ods.lookup_key(chr(code)), '') as key,
      coalesce(ods.lookup_key('Ж' || chr(code) || 'q 1'), '') as inner_key
    from generate_series(1, 1114111) as codes (code)
    where
      code not between 55296 and 57343
      -- All of the alphabets, blanks and compatible forms, and a sample of the rest.
      and (code < 13312 or code between 63744 and 65535 or code % 101 = 0)
  `;

    const different = rows.filter(({ code, key, inner_key: inner }) => {
      const character = String.fromCodePoint(Number(code));
      if (YOUNGER.test(character)) return false;
      return key !== lookupKey(character) || inner !== lookupKey(`Ж${character}q 1`);
    });
    assert.ok(rows.length > 25_000);
    assert.deepEqual(different.map(({ code }) => Number(code).toString(16)), []);
  },
);
