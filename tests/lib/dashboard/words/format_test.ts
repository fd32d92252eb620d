import assert from "node:assert/strict";
import type { ColumnKind, Language } from "../../../../lib/dashboard/page/page.ts";
import { createFormat } from "../../../../lib/dashboard/words/format.ts";

/** The text with its invisible spaces as plain ones: which of them `Intl` takes is nothing to pin. */
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f\u2009]/g, " ");

const formatOf = (language: Language, currency = "EUR") =>
  createFormat({ language, timeZone: "Europe/Berlin", currency });

Deno.test("Format.cell() writes every kind in English and Russian", () => {
  const values:
    readonly (readonly [ColumnKind, string | number | boolean | null, string, string])[] = [
      ["text", "Audi", "Audi", "Audi"],
      ["id", 1234567, "1234567", "1234567"],
      ["count", 1234567, "1,234,567", "1 234 567"],
      ["decimal", "1234.5", "1,234.5", "1 234,5"],
      ["money", "-1234.5", "-€1,234.50", "-1 234,50 €"],
      ["ratio", "0.12345", "12.3%", "12,3 %"],
      ["days", 1.5, "1.5", "1,5"],
      ["seconds", 187_200, "2 d 4 h", "2 д 4 ч"],
      ["flag", true, "yes", "да"],
      ["date", "2026-05-03", "3 May 2026", "3 мая 2026"],
      ["month", "2026-05-01", "May 2026", "май 2026"],
      ["moment", "2026-03-29T01:30:00Z", "29 Mar 2026, 03:30", "29 мар. 2026, 03:30"],
      ["planned", "2026-03-29T01:30:00Z", "29 Mar 2026, 03:30", "29 мар. 2026, 03:30"],
      ["planned", "2026-03-28T23:00:00Z", "29 Mar 2026", "29 мар. 2026"],
      ["planned", "2026-03-29T22:00:00Z", "30 Mar 2026", "30 мар. 2026"],
      ["money", null, "—", "—"],
      ["count", "NaN", "—", "—"],
    ];
  for (const [kind, value, english, russian] of values) {
    assert.equal(plain(formatOf("en").cell(kind, value)), english);
    assert.equal(plain(formatOf("ru").cell(kind, value)), russian);
  }
});

Deno.test("Format.planned() knows a date without a time where its day has no midnight, or two of them", () => {
  const planned = (timeZone: string, instant: string) =>
    createFormat({ language: "en", timeZone, currency: "EUR" }).planned(instant);
  // 24 April begins in Cairo at 01:00, +03; 1 November in Havana has 00:00 at -04 and at -05.
  assert.equal(planned("Africa/Cairo", "2026-04-23T22:00:00Z"), "24 Apr 2026");
  assert.equal(planned("Africa/Cairo", "2026-04-23T23:00:00Z"), "24 Apr 2026, 02:00");
  assert.equal(planned("America/Havana", "2026-11-01T04:00:00Z"), "1 Nov 2026");
  assert.equal(planned("America/Havana", "2026-11-01T05:00:00Z"), "1 Nov 2026");
});

Deno.test("Format.money() loses no cent of an exact text, and rounds half away from zero", () => {
  const { money } = formatOf("en");
  assert.equal(money("12345678901234567.89"), "€12,345,678,901,234,567.89");
  assert.equal(money("0.005"), "€0.01");
  assert.equal(money("-0.005"), "-€0.01");
  assert.equal(money("1.005"), "€1.01");
  assert.equal(formatOf("en", "JPY").money("2.5"), "¥3");
});

Deno.test("Format.ratio() rounds exact texts half away from zero", () => {
  const { ratio } = formatOf("en");
  assert.equal(ratio("0.0005"), "0.1%");
  assert.equal(ratio("0.66650000000000000000"), "66.7%");
  assert.equal(ratio("-0.0005"), "-0.1%");
});

Deno.test("Format.moment() follows the clock over its changes", () => {
  const { moment } = formatOf("en");
  assert.equal(moment("2026-10-25T00:30:00Z"), "25 Oct 2026, 02:30");
  assert.equal(moment("2026-10-25T01:30:00Z"), "25 Oct 2026, 02:30");
});

Deno.test("Format.tick() is short, of tiny and of huge numbers too", () => {
  const { tick } = formatOf("en");
  assert.deepEqual(
    [0, 0.0004, 12, 12_000, -3_500_000].map((value) => tick("count", value)),
    ["0", "0.0004", "12", "12K", "-3.5M"],
  );
  assert.deepEqual([0, 0.25, 1].map((value) => tick("ratio", value)), ["0%", "25%", "100%"]);
  assert.equal(tick("money", 20_000), "€20K");
  assert.equal(tick("seconds", 172_800), "2 d");
});

Deno.test("Format.withUnit() counts days in the forms of both languages", () => {
  const days = [0, 1, 2, 5, 21, 1.5];
  const inWords = (language: Language) =>
    days.map((value) => plain(formatOf(language).withUnit("days", value)));
  assert.deepEqual(inWords("en"), ["0 days", "1 day", "2 days", "5 days", "21 days", "1.5 days"]);
  assert.deepEqual(inWords("ru"), ["0 дней", "1 день", "2 дня", "5 дней", "21 день", "1,5 дня"]);
});
