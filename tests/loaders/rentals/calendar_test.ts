import assert from "node:assert/strict";
import { NotACalendarError, readCalendar } from "../../../loaders/rentals/calendar.ts";

const DAY = "DTSTART;VALUE=DATE:20260503";

/** A calendar of events, each given by its lines. */
function calendarOf(...events: readonly (readonly string[])[]): string {
  const lines = events.flatMap((event) => ["BEGIN:VEVENT", ...event, "END:VEVENT"]);
  return ["BEGIN:VCALENDAR", "VERSION:2.0", ...lines, "END:VCALENDAR", ""].join("\r\n");
}

Deno.test("readCalendar() reads all-day events, whose end is the day after the last one", () => {
  const text = calendarOf(
    [
      "UID:one",
      DAY,
      "DTEND;VALUE=DATE:20260506",
      "SUMMARY:A 10421 Nissan\\, white",
      "STATUS:CONFIRMED",
    ],
    [
      "UID:two",
      DAY,
      "SUMMARY:Long and fol",
      " ded",
      "DESCRIPTION:License: X-1\\nMore",
      "STATUS:CANCELLED",
    ],
    ["UID:three", DAY, "DURATION:P1W"],
  );

  const { rentals, problems } = readCalendar(text);

  assert.deepEqual(problems, []);
  assert.deepEqual(
    rentals.map(({ start, end, ...others }) => ({ ...others, days: `${start}/${end}` })),
    [
      {
        number: 1,
        uid: "one",
        summary: "A 10421 Nissan, white",
        description: "",
        days: "2026-05-03/2026-05-06",
        isCancelled: false,
      },
      {
        number: 2,
        uid: "two",
        summary: "Long and folded",
        description: "License: X-1\nMore",
        days: "2026-05-03/2026-05-04",
        isCancelled: true,
      },
      {
        number: 3,
        uid: "three",
        summary: "",
        description: "",
        days: "2026-05-03/2026-05-10",
        isCancelled: false,
      },
    ],
  );
});

Deno.test("readCalendar() reads several calendars of one text, and one with a byte order mark", () => {
  const text = `\uFEFF${calendarOf(["UID:1", DAY])}${calendarOf()}${calendarOf(["UID:2", DAY])}`;

  assert.deepEqual(readCalendar(text).rentals.map(({ number, uid }) => [number, uid]), [
    [1, "1"],
    [2, "2"],
  ]);
});

const NO_RENTAL: Readonly<Record<string, readonly [readonly string[], string]>> = {
  "without a UID": [[DAY], "it has no UID, expected one: repeated imports find their lead by it"],
  "that repeats": [
    ["UID:1", DAY, "RRULE:FREQ=DAILY;COUNT=3"],
    "it repeats, expected one event for each rental",
  ],
  "at an hour": [
    ["UID:1", "DTSTART;TZID=Asia/Dubai:20260503T100000", "DTEND;TZID=Asia/Dubai:20260504T100000"],
    "it has no DTSTART that is a day, expected an all-day event",
  ],
  "on a day that does not exist": [
    ["UID:1", "DTSTART;VALUE=DATE:20260231"],
    "it has no DTSTART that is a day, expected an all-day event",
  ],
  "that ends at an hour": [
    ["UID:1", DAY, "DTEND:20260504T100000Z"],
    "its DTEND or DURATION is not in whole days, expected an all-day event",
  ],
  "that lasts for hours": [
    ["UID:1", DAY, "DURATION:PT30H"],
    "its DTEND or DURATION is not in whole days, expected an all-day event",
  ],
  "that ends as it begins": [
    ["UID:1", DAY, "DTEND;VALUE=DATE:20260503"],
    "it ends before its first day is over, expected DTEND on a later day than DTSTART",
  ],
};

for (const [name, [event, reason]] of Object.entries(NO_RENTAL)) {
  Deno.test(`readCalendar() lists an event ${name}, and goes on`, () => {
    const { rentals, problems } = readCalendar(calendarOf(event, ["UID:good", DAY]));

    assert.deepEqual(problems, [{ number: 1, reason }]);
    assert.deepEqual(rentals.map(({ number, uid }) => [number, uid]), [[2, "good"]]);
  });
}

Deno.test("readCalendar() lists the second event of one UID", () => {
  const { rentals, problems } = readCalendar(calendarOf(["UID:1", DAY], ["UID:1", DAY]));

  assert.deepEqual(problems, [
    { number: 2, reason: "its UID is that of event 1, expected one of its own" },
  ]);
  assert.deepEqual(rentals.map(({ number }) => number), [1]);
});

for (
  const text of [
    "",
    "hello",
    '["vcalendar",[],[]]',
    "BEGIN:VCARD\nFN:Zebediah\nEND:VCARD",
    "BEGIN:VCALENDAR",
  ]
) {
  Deno.test(`readCalendar() refuses ${JSON.stringify(text)} without quoting it`, () => {
    assert.throws(() => readCalendar(text), (error) => {
      assert.ok(error instanceof NotACalendarError);
      assert.match(error.message, /^it (holds no VCALENDAR|is not in the iCalendar format)$/);
      return true;
    });
  });
}
