import assert from "node:assert/strict";
import { NotUtf8Error } from "../../../loaders/account/utf8_text.ts";
import { readCalendar } from "../../../loaders/rentals/calendar.ts";
import { NotACalendarError } from "../../../loaders/rentals/calendar_text.ts";

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
        line: 3,
        uid: "one",
        summary: "A 10421 Nissan, white",
        description: "",
        days: "2026-05-03/2026-05-06",
        isCancelled: false,
      },
      {
        number: 2,
        line: 10,
        uid: "two",
        summary: "Long and folded",
        description: "License: X-1\nMore",
        days: "2026-05-03/2026-05-04",
        isCancelled: true,
      },
      {
        number: 3,
        line: 18,
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
    'its DTSTART "20260503T100000" is not a day, expected an all-day event',
  ],
  "on a day that does not exist": [
    ["UID:1", "DTSTART;VALUE=DATE:20260231"],
    'its DTSTART "20260231" is not a day, expected an all-day event',
  ],
  "without a beginning": [["UID:1"], "it has no DTSTART, expected an all-day event"],
  "that ends at an hour": [
    ["UID:1", DAY, "DTEND:20260504T100000Z"],
    'its DTEND "20260504T100000Z" is not a day, expected an all-day event',
  ],
  "that lasts for hours": [
    ["UID:1", DAY, "DURATION:PT30H"],
    'its DURATION "PT30H" is not in whole days, expected an all-day event',
  ],
  "that lasts for less than nothing": [
    ["UID:1", DAY, "DURATION:-P1D"],
    'its DURATION "-P1D" is not in whole days, expected an all-day event',
  ],
  "that ends before it begins": [
    ["UID:1", DAY, "DTEND;VALUE=DATE:20260502"],
    "it ends before it begins, expected DTEND on a later day than DTSTART",
  ],
  "with a line that is none": [
    ["UID:1", DAY, "DESCRIPTION:first", "second, not folded"],
    "its line 7 is not in the iCalendar format",
  ],
};

for (const [name, [event, reason]] of Object.entries(NO_RENTAL)) {
  Deno.test(`readCalendar() lists an event ${name}, and goes on`, () => {
    const { rentals, problems } = readCalendar(calendarOf(event, ["UID:good", DAY]));

    assert.deepEqual(problems, [{ number: 1, line: 3, summary: "", reason }]);
    assert.deepEqual(rentals.map(({ number, uid }) => [number, uid]), [[2, "good"]]);
  });
}

Deno.test("readCalendar() lists the second event of one UID", () => {
  const { rentals, problems } = readCalendar(calendarOf(["UID:1", DAY], ["UID:1", DAY]));

  assert.deepEqual(problems, [
    {
      number: 2,
      line: 7,
      summary: "",
      reason: "its UID is that of event 1, expected one of its own",
    },
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

/** Ways in which programs write the rental of 3 to 6 May, of an account in Dubai. */
const SAME_DAYS: readonly (readonly string[])[] = [
  [DAY, "DTEND;VALUE=DATE:20260506"],
  ["DTSTART:20260503", "DTEND:20260506"],
  ["DTSTART;VALUE=DATE:2026-05-03", "DTEND;VALUE=DATE:2026-05-06"],
  ["DTSTART:20260503T000000", "DTEND:20260506T000000"],
  ["DTSTART;TZID=Asia/Dubai:20260503T000000", "DTEND;TZID=Asia/Dubai:20260506T000000"],
  [
    'DTSTART;TZID="(UTC+04:00) Abu Dhabi, Muscat":20260503T000000',
    'DTEND;TZID="(UTC+04:00) Abu Dhabi, Muscat":20260506T000000',
  ],
  ["DTSTART:20260502T200000Z", "DTEND:20260505T200000Z"],
  ["DTSTART:20260503T000000Z", "DTEND:20260506T000000Z"],
  ["DTSTART:20260503T000000", "DTEND:20260505T235900"],
  ["DTSTART:20260503T000000", "DTEND:20260505T235959"],
  [DAY, "DTEND;TZID=Asia/Dubai:20260506T000000"],
  [DAY, "DURATION:P3D"],
  [DAY, "DURATION:PT72H"],
  [DAY, "DURATION:P2DT24H"],
  [DAY, "DURATION:P0W3D"],
  [DAY, "DURATION:P2DT23H59M"],
  ["DTSTART:20260503T000000", "DURATION:PT4320M"],
  [
    DAY,
    "DTEND;VALUE=DATE:20260506",
    "BEGIN:VALARM",
    "TRIGGER:-PT15M",
    "DURATION:PT5M",
    "END:VALARM",
  ],
  [DAY, "BEGIN:VALARM", "DURATION:PT5M", "END:VALARM", "DURATION:P3D"],
];

for (const lines of SAME_DAYS) {
  Deno.test(`readCalendar() sees 3 to 6 May in ${lines.join(" ")}`, () => {
    const { rentals, problems } = readCalendar(calendarOf(["UID:1", ...lines]), "Asia/Dubai");

    assert.deepEqual(problems, []);
    assert.deepEqual(rentals.map(({ start, end }) => `${start}/${end}`), ["2026-05-03/2026-05-06"]);
  });
}

for (
  const end of [
    "DTEND;VALUE=DATE:20260503",
    "DURATION:P0D",
    "DURATION:PT0S",
    "X-NONE:1",
    "DTEND:20260503",
  ]
) {
  Deno.test(`readCalendar() takes an event with ${end} for its one day`, () => {
    const { rentals } = readCalendar(calendarOf(["UID:1", DAY, end]));

    assert.deepEqual(rentals.map(({ start, end }) => `${start}/${end}`), ["2026-05-03/2026-05-04"]);
  });
}

Deno.test("readCalendar() keeps of a cancelled event without days what it needs: its UID", () => {
  const cancelled = calendarOf(["UID:1", "STATUS:CANCELLED"], ["UID:2", "STATUS:CONFIRMED"])
    .replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:CANCEL");

  assert.deepEqual(readCalendar(cancelled), {
    rentals: [],
    cancellations: [
      { number: 1, line: 4, summary: "", uid: "1" },
      { number: 2, line: 8, summary: "", uid: "2" },
    ],
    problems: [],
  });
});

Deno.test("readCalendar() reads what is whole of a calendar that was cut off", () => {
  const whole = calendarOf(["UID:1", DAY], ["UID:2", DAY, "SUMMARY:A 1"]);
  const within = whole.slice(0, whole.indexOf("SUMMARY:"));
  const after = whole.slice(0, whole.indexOf("END:VCALENDAR"));

  assert.deepEqual(readCalendar(within).rentals.map(({ uid }) => uid), ["1"]);
  assert.deepEqual(readCalendar(within).problems, [{
    number: 2,
    line: 7,
    summary: "",
    reason: "it has no END:VEVENT: the calendar was cut off or put together wrongly",
  }]);
  assert.deepEqual(readCalendar(after).rentals.map(({ uid }) => uid), ["1", "2"]);
  assert.deepEqual(readCalendar(after).problems.map(({ number, reason }) => [number, reason]), [
    [2, "the calendar ends after it without END:VCALENDAR"],
  ]);
});

Deno.test("readCalendar() puts letters together that were folded in two, wherever that is", () => {
  const summary = "Аренда А777ВС77 – Müller 🚗";
  const bytes = new TextEncoder().encode(calendarOf(["UID:1", DAY, `SUMMARY:${summary}`]));
  const start = bytes.length -
    new TextEncoder().encode(`${summary}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`).length;
  for (let at = start; at < start + new TextEncoder().encode(summary).length; at++) {
    for (const fold of ["\r\n ", "\n\t"]) {
      const folded = Uint8Array.from([
        ...bytes.subarray(0, at),
        ...new TextEncoder().encode(fold),
        ...bytes.subarray(at),
      ]);
      assert.equal(readCalendar(folded).rentals[0]?.summary, summary);
    }
  }
});

Deno.test("readCalendar() refuses another encoding than UTF-8 by its line", () => {
  const text = calendarOf(["UID:1", DAY, "SUMMARY:Caf\u00E9"]);
  const latin1 = Uint8Array.from([...text], (letter) => letter.charCodeAt(0));
  const utf16 = new Uint8Array(
    new Uint16Array([...`\uFEFF${text}`].map((one) => one.charCodeAt(0))).buffer,
  );

  assert.throws(() => readCalendar(latin1), (error) => {
    assert.ok(error instanceof NotUtf8Error);
    assert.match(
      error.message,
      /^line 6 is in another encoding, expected text in UTF-8: save it anew/,
    );
    return true;
  });
  assert.throws(
    () => readCalendar(utf16),
    /^NotUtf8Error: it is in UTF-16, expected text in UTF-8/,
  );
});
