import assert from "node:assert/strict";
import { readCalendar } from "../../../loaders/rentals/calendar.ts";
import { matchCalendar } from "../../../loaders/rentals/calendar_matching.ts";
import { findOverlaps } from "../../../loaders/rentals/calendar_overlaps.ts";

const CARS = ["A 1", "B 2"].map((plate, i) => ({ id: i, model: "Sunny", plate, dailyrate: 90 }));

/** Rentals of May, given as "plate first-last" with the last day included. */
function rentalsOf(...rentals: readonly string[]) {
  const events = rentals.flatMap((rental, i) => {
    const [, plate = "", first = "", last = "", status = ""] =
      /^(\w \d) (\d+)-(\d+)( cancelled)?$/.exec(rental) ?? [];
    const end = Temporal.PlainDate.from(`2026-05-${last}`).add({ days: 1 }).toString();
    return [
      "BEGIN:VEVENT",
      `UID:${i}`,
      `DTSTART;VALUE=DATE:202605${first}`,
      `DTEND;VALUE=DATE:${end.replaceAll("-", "")}`,
      `SUMMARY:${plate}`,
      ...(status ? ["STATUS:CANCELLED"] : []),
      "END:VEVENT",
    ];
  });
  const calendar = readCalendar(["BEGIN:VCALENDAR", ...events, "END:VCALENDAR"].join("\n"));
  return matchCalendar(calendar, {
    cars: CARS,
    clients: [],
    today: Temporal.PlainDate.from("2026-05-01"),
    counting: { timeZone: "Asia/Dubai", graceMinutes: 29 },
  }).leads;
}

Deno.test("findOverlaps() finds shared days of one car, not a car that goes out on the day it comes back", () => {
  const rentals = rentalsOf(
    "A 1 03-05",
    "A 1 06-07",
    "B 2 05-06",
    "A 1 07-09",
    "A 1 08-08 cancelled",
  );

  assert.deepEqual(findOverlaps(rentals, []), [
    {
      number: 4,
      line: 20,
      summary: "A 1",
      reason: "its car is booked on some of its days by event 2 too",
    },
  ]);
});
