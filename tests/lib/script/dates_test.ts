import assert from "node:assert/strict";
import { chooseDates, listDates, parseDay, parseLogicalDate } from "../../../lib/script/dates.ts";

const ZONE = "Asia/Dubai";

Deno.test("parseDay() knows today and yesterday in the time zone", () => {
  // 26 hours apart, so that each has days that the other has not.
  for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
    const today = Temporal.Now.plainDateISO(zone);
    assert.equal(parseDay("today", zone).toString(), today.toString());
    assert.equal(parseDay("yesterday", zone).toString(), today.subtract({ days: 1 }).toString());
  }
  assert.equal(parseDay("2024-02-29", ZONE).toString(), "2024-02-29");
});

for (const text of ["2026-02-30", "3.5.2026", "2026-5-3", "tomorrow", "", "2026-05-03T00:00"]) {
  Deno.test(`parseDay() refuses "${text}"`, () => {
    assert.throws(() => parseDay(text, ZONE), {
      name: "ConfigError",
      message: `Cannot use the date "${text}": expected today, yesterday or a day like 2026-05-03`,
    });
  });
}

Deno.test("parseLogicalDate() takes today at most, in the time zone", () => {
  for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
    const today = Temporal.Now.plainDateISO(zone);
    const tomorrow = today.add({ days: 1 });
    assert.equal(parseLogicalDate("today", zone).toString(), today.toString());
    assert.equal(parseLogicalDate(today.toString(), zone).toString(), today.toString());
    assert.equal(parseLogicalDate("0206-05-03", zone).toString(), "0206-05-03");
    assert.throws(() => parseLogicalDate(tomorrow.toString(), zone), {
      name: "ConfigError",
      message: `Cannot use the date ${tomorrow}: it is in the future, expected today at most ` +
        `(${today} in ${zone})`,
    });
  }
});

Deno.test("listDates() lists both ends and what is between", () => {
  const list = (from: string, to: string) =>
    listDates(Temporal.PlainDate.from(from), Temporal.PlainDate.from(to)).map(String);
  assert.deepEqual(list("2026-02-27", "2026-03-01"), ["2026-02-27", "2026-02-28", "2026-03-01"]);
  assert.deepEqual(list("2026-03-01", "2026-03-01"), ["2026-03-01"]);
  assert.equal(list("2024-01-01", "2024-12-31").length, 366);
  assert.throws(() => list("2026-05-03", "2026-05-01"), {
    name: "ConfigError",
    message: "Cannot use the dates from 2026-05-03 to 2026-05-01: the first is later, " +
      "expected an earlier one",
  });
});

Deno.test("chooseDates() takes one date or a range, and not both", () => {
  const choose = (flags: Parameters<typeof chooseDates>[0]) => chooseDates(flags, ZONE).map(String);
  const today = Temporal.Now.plainDateISO(ZONE);
  assert.deepEqual(choose({}), [today.toString()]);
  assert.deepEqual(choose({ date: "2026-05-03" }), ["2026-05-03"]);
  assert.deepEqual(choose({ from: "yesterday" }), [
    today.subtract({ days: 1 }).toString(),
    today.toString(),
  ]);
  assert.throws(() => choose({ to: "2026-05-03" }), {
    name: "ConfigError",
    message: "Cannot use --to alone: expected --from with it, or --date",
  });
  assert.throws(() => choose({ date: "today", from: "today" }), {
    name: "ConfigError",
    message: "Cannot use --date beside --from: expected one of them",
  });
});
