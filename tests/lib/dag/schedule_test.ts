import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSchedule, ScheduleError } from "../../../lib/dag/schedule.ts";

/** The moments of the slots from one day to another, as UTC. */
function slots(text: string, timeZone: string, from: string, to: string = from): string[] {
  const day = (date: string) => Temporal.PlainDate.from(date);
  return parseSchedule(text, timeZone).slots(day(from), day(to)).map(({ at }) => at.toString());
}

function next(text: string, timeZone: string, after: string): [string, string] {
  const slot = parseSchedule(text, timeZone).next(Temporal.Instant.from(after));
  return [slot.date.toString(), slot.at.toString()];
}

Deno.test("parseSchedule() gives one slot a day for a time, local", () => {
  assert.deepEqual(slots("04:05", "Asia/Dubai", "2026-02-27", "2026-03-02"), [
    "2026-02-27T00:05:00Z",
    "2026-02-28T00:05:00Z",
    "2026-03-01T00:05:00Z",
    "2026-03-02T00:05:00Z",
  ]);
});

Deno.test("parseSchedule() has the leap day", () => {
  assert.deepEqual(slots("00:00", "Asia/Dubai", "2028-02-28", "2028-03-01"), [
    "2028-02-27T20:00:00Z",
    "2028-02-28T20:00:00Z",
    "2028-02-29T20:00:00Z",
  ]);
});

Deno.test("parseSchedule() takes cron fields, with 0 and 7 as Sunday", () => {
  const sundays = ["2026-05-03T02:30:00Z", "2026-05-10T02:30:00Z"];
  for (const weekday of ["0", "7", "SUN"]) {
    assert.deepEqual(
      slots(`30 6 * * ${weekday}`, "Asia/Dubai", "2026-05-01", "2026-05-12"),
      sundays,
    );
  }
});

Deno.test("parseSchedule() finds the last day of each month", () => {
  assert.deepEqual(slots("0 4 L * *", "Asia/Dubai", "2026-01-01", "2026-04-30"), [
    "2026-01-31T00:00:00Z",
    "2026-02-28T00:00:00Z",
    "2026-03-31T00:00:00Z",
    "2026-04-30T00:00:00Z",
  ]);
});

Deno.test("parseSchedule() runs a time that does not happen at the next minute that does", () => {
  // On 2026-03-29 clocks in Berlin go from 02:00 to 03:00, on 2026-03-08 in New York as well.
  assert.deepEqual(slots("02:30", "Europe/Berlin", "2026-03-29"), ["2026-03-29T01:00:00Z"]);
  assert.deepEqual(slots("02:30", "America/New_York", "2026-03-08"), ["2026-03-08T07:00:00Z"]);
  assert.deepEqual(slots("01:59", "Europe/Berlin", "2026-03-29"), ["2026-03-29T00:59:00Z"]);
  assert.deepEqual(slots("03:00", "Europe/Berlin", "2026-03-29"), ["2026-03-29T01:00:00Z"]);
});

Deno.test("parseSchedule() runs a time that happens twice once, the first time", () => {
  assert.deepEqual(slots("02:30", "Europe/Berlin", "2026-10-25"), ["2026-10-25T00:30:00Z"]);
  assert.deepEqual(slots("01:30", "America/New_York", "2026-11-01"), ["2026-11-01T05:30:00Z"]);
});

Deno.test("next() is the first slot after a moment", () => {
  assert.deepEqual(next("04:00", "Asia/Dubai", "2026-05-02T23:59:59Z"), [
    "2026-05-03",
    "2026-05-03T00:00:00Z",
  ]);
  assert.deepEqual(next("04:00", "Asia/Dubai", "2026-05-03T00:00:00Z"), [
    "2026-05-04",
    "2026-05-04T00:00:00Z",
  ]);
  // The second 02:30 of the day is no slot of its own.
  assert.deepEqual(next("02:30", "Europe/Berlin", "2026-10-25T00:45:00Z"), [
    "2026-10-26",
    "2026-10-26T01:30:00Z",
  ]);
});

for (const timeZone of ["Asia/Dubai", "Europe/Berlin", "America/New_York", "Pacific/Chatham"]) {
  Deno.test(`every day of four years has one slot in ${timeZone}, later than the day before`, () => {
    const minutes = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(minutes, (minute) => {
        const time = Temporal.PlainTime.from("00:00").add({ minutes: minute }).toString().slice(
          0,
          5,
        );
        const found = parseSchedule(time, timeZone)
          .slots(Temporal.PlainDate.from("2026-01-01"), Temporal.PlainDate.from("2029-12-31"));
        assert.equal(found.length, 1461);
        found.forEach(({ date, at }, i) => {
          const local = at.toZonedDateTimeISO(timeZone);
          assert.equal(local.toPlainDate().toString(), date.toString());
          const shown = local.toPlainTime().toString().slice(0, 5);
          const isJump = local.subtract({ minutes: 1 }).offset !== local.offset;
          assert.ok(shown === time || isJump, `${shown} on ${date}`);
          const before = found[i - 1];
          if (before) assert.ok(Temporal.Instant.compare(before.at, at) < 0);
        });
      }),
      { numRuns: 6 },
    );
  });
}

const EXPECTED =
  'expected HH:MM or five cron fields with one minute and one hour, like "30 4 * * 1-5"';

for (
  const text of [
    "",
    "4:00",
    "24:00",
    "0 25 * * *",
    "*/5 4 * * *",
    "0 4,16 * * *",
    "@daily",
    "0 4 * * 8",
    "0 4 * *",
  ]
) {
  Deno.test(`parseSchedule() refuses "${text}"`, () => {
    assert.throws(
      () => parseSchedule(text, "Asia/Dubai"),
      new ScheduleError(`"${text}" is not a schedule: ${EXPECTED}`),
    );
  });
}

Deno.test("parseSchedule() refuses a day that never comes", () => {
  assert.throws(
    () => parseSchedule("0 4 31 2 *", "Asia/Dubai"),
    new ScheduleError(`"0 4 31 2 *" fits no day of the calendar: ${EXPECTED}`),
  );
});
