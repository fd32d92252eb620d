import assert from "node:assert/strict";
import { parseDay, parseMoment, parseSeconds } from "../../../../lib/landing/records/times.ts";

const DUBAI = { account: "Asia/Dubai", business: "Asia/Dubai" };
const MOSCOW_TO_DUBAI = { account: "Europe/Moscow", business: "Asia/Dubai" };
const NOT_A_TIME = { reason: "not a date or time" };

Deno.test("parseMoment() makes the same moment of a date as seconds and as RFC 3339", () => {
  // 2026-05-03 00:00 in Dubai.
  const expected = { value: "2026-05-02T20:00:00Z" };
  assert.deepEqual(parseMoment(1_777_752_000, "date", DUBAI), expected);
  assert.deepEqual(parseMoment("1777752000", "date", DUBAI), expected);
  assert.deepEqual(parseMoment("2026-05-03T00:00:00+04:00", "date", DUBAI), expected);
  assert.deepEqual(parseMoment("2026-05-03", "date", DUBAI), expected);
});

Deno.test("parseMoment() takes the day that the text of a date says, whatever its offset", () => {
  const expected = { value: "2026-05-01T20:00:00Z" };
  assert.deepEqual(parseMoment("2026-05-02T20:00:00Z", "date", DUBAI), expected);
  assert.deepEqual(parseMoment("2026-05-02T00:00:00+14:00", "date", DUBAI), expected);
  assert.deepEqual(parseMoment("2026-05-02T20:00:00Z", "date_time", DUBAI), {
    value: "2026-05-02T20:00:00Z",
  });
  // The local time of New York in that year was 4:56:02 behind, which an offset of minutes cannot say.
  const newYork = { account: "America/New_York", business: "America/New_York" };
  assert.deepEqual(parseMoment("0207-01-15T00:00:00-04:56", "date", newYork), {
    value: "0207-01-15T04:56:02Z",
  });
});

Deno.test("parseMoment() moves the day of a date from the account's to the business time zone", () => {
  // 2026-05-03 00:00 in Moscow is 2026-05-02 21:00 UTC.
  const seconds = 1_777_755_600;
  assert.deepEqual(parseMoment(seconds, "date", MOSCOW_TO_DUBAI), {
    value: "2026-05-02T20:00:00Z",
  });
  assert.deepEqual(parseMoment(seconds, "date_time", MOSCOW_TO_DUBAI), {
    value: "2026-05-02T21:00:00Z",
  });
});

Deno.test("parseMoment() takes digits for seconds in fields of time only", () => {
  assert.deepEqual(parseMoment("20260503", "text", DUBAI), NOT_A_TIME);
  assert.deepEqual(parseMoment("2026-05-03", "text", DUBAI), { value: "2026-05-02T20:00:00Z" });
});

Deno.test("parseMoment() takes empty text for nothing and refuses what is no time", () => {
  assert.deepEqual(parseMoment("  ", "date", DUBAI), { value: null });
  assert.deepEqual(parseMoment(null, "date", DUBAI), { value: null });
  const bad = [
    "3 May 2026",
    "2026-13-01",
    "2026-02-30T00:00:00Z",
    "2026-05-03T00:00Z",
    1.5,
    1e15,
    {},
  ];
  for (const value of bad) {
    assert.deepEqual(parseMoment(value, "date", DUBAI), NOT_A_TIME, JSON.stringify(value));
  }
});

Deno.test("parseDay() takes the account's day, also before 1970", () => {
  // 1960-01-01 00:00 in Moscow.
  assert.deepEqual(parseDay(-315_630_000, "birthday", MOSCOW_TO_DUBAI), { value: "1960-01-01" });
  assert.deepEqual(parseDay("1960-01-01", "birthday", MOSCOW_TO_DUBAI), { value: "1960-01-01" });
  assert.deepEqual(parseDay("1960-01-01T00:00:00+03:00", "birthday", MOSCOW_TO_DUBAI), {
    value: "1960-01-01",
  });
});

Deno.test("parseSeconds() takes whole JSON numbers only", () => {
  assert.deepEqual(parseSeconds(0), { value: "1970-01-01T00:00:00Z" });
  assert.deepEqual(parseSeconds(null), { value: null });
  assert.deepEqual(parseSeconds("0"), NOT_A_TIME);
  assert.deepEqual(parseSeconds(2 ** 53), NOT_A_TIME);
});
