import assert from "node:assert/strict";
import {
  chooseReading,
  type LeadCursor,
  type ReadingWish,
} from "../../../lib/landing/lead_reading.ts";

const date = (text: string) => Temporal.PlainDate.from(text);
const at = (text: string) => Temporal.Instant.from(text);

const CURSOR: LeadCursor = {
  cursorAt: at("2026-05-05T00:00:00Z"),
  // A Sunday.
  lastFullDay: date("2026-05-03"),
  settings: "plate is field 7",
};
/** A Wednesday. */
const WISH: ReadingWish = {
  logicalDate: date("2026-05-06"),
  fullScanWeekday: 7,
  full: false,
  settings: "plate is field 7",
  overlapMinutes: 10,
  upperBound: at("2026-05-06T00:00:00Z"),
};

function choose(cursor: Partial<LeadCursor>, wish: Partial<ReadingWish>): string {
  const reading = chooseReading({ ...CURSOR, ...cursor }, { ...WISH, ...wish });
  return reading.kind === "full" ? reading.reason : String(reading.from);
}

const CASES: readonly [string, Partial<LeadCursor>, Partial<ReadingWish>, string][] = [
  ["what changed since the cursor, and the overlap", {}, {}, "2026-05-04T23:50:00Z"],
  ["no further back without an overlap", {}, { overlapMinutes: 0 }, "2026-05-05T00:00:00Z"],
  [
    "all of them the first time",
    { cursorAt: null, lastFullDay: null, settings: null },
    {},
    "first",
  ],
  ["all of them when asked", {}, { full: true }, "asked"],
  ["all of them when they are read otherwise", {}, { settings: "plate is field 8" }, "settings"],
  [
    "changes on the day before the weekday",
    {},
    { logicalDate: date("2026-05-09") },
    "2026-05-04T23:50:00Z",
  ],
  ["all of them on the weekday", {}, { logicalDate: date("2026-05-10") }, "weekly"],
  ["all of them on the first date after a weekday that was let go", {}, {
    logicalDate: date("2026-05-12"),
  }, "weekly"],
  ["changes on the weekday once it is done", { lastFullDay: date("2026-05-10") }, {
    logicalDate: date("2026-05-10"),
  }, "2026-05-04T23:50:00Z"],
  ["changes after a read of all on another day", { lastFullDay: date("2026-05-11") }, {
    logicalDate: date("2026-05-16"),
  }, "2026-05-04T23:50:00Z"],
  [
    "changes for a date of long ago",
    {},
    { logicalDate: date("2025-01-15") },
    "2026-05-04T23:50:00Z",
  ],
  ["all of them on another weekday", {}, { fullScanWeekday: 3 }, "weekly"],
  [
    "from the CRM's time where that was put back",
    {},
    { upperBound: at("2026-05-04T12:00:00Z") },
    "2026-05-04T11:50:00Z",
  ],
];

for (const [name, cursor, wish, expected] of CASES) {
  Deno.test(`chooseReading() reads ${name}`, () => {
    assert.equal(choose(cursor, wish), expected);
  });
}
