import assert from "node:assert/strict";
import { readCalendar } from "../../../loaders/rentals/calendar.ts";
import { readLicense } from "../../../loaders/rentals/calendar_description.ts";
import { matchCalendar } from "../../../loaders/rentals/calendar_matching.ts";
import type { Car, Client } from "../../../loaders/rentals/rental.ts";
import cars from "../../../loaders/data/cars_catalog_elements.json" with { type: "json" };
import clients from "../../../loaders/data/clients_catalog_elements_final.json" with {
  type: "json",
};

const CARS: readonly Car[] = cars.map(({ model, plate, daily_rate: dailyrate }, i) => ({
  id: i + 1,
  model,
  plate,
  dailyrate,
}));
const CLIENTS: readonly Client[] = clients.map(({ client_name: name, license }, i) => ({
  id: 100 + i,
  name,
  license,
}));

function match(today: string, ...events: readonly (readonly string[])[]) {
  const lines = events.flatMap((event, i) => [
    "BEGIN:VEVENT",
    `UID:${i}`,
    "DTSTART;VALUE=DATE:20260503",
    "DTEND;VALUE=DATE:20260506",
    ...event,
    "END:VEVENT",
  ]);
  return matchText(["BEGIN:VCALENDAR", ...lines, "END:VCALENDAR"].join("\r\n"), today);
}

function matchText(text: string, today: string) {
  return matchCalendar(readCalendar(text), {
    cars: CARS,
    clients: CLIENTS,
    today: Temporal.PlainDate.from(today),
    counting: { timeZone: "Asia/Dubai", graceMinutes: 29 },
  });
}

Deno.test("matchCalendar() finds car and client, and prices the days at the car's rate", () => {
  const { leads, problems, notes } = match("2026-05-01", [
    "SUMMARY:Sunny a-10421",
    "DESCRIPTION:Airport\\n licence: dxb 8919 001 \\nlate",
  ]);

  const [lead] = leads;
  assert.equal(lead?.car, CARS[0]);
  assert.equal(lead?.client, CLIENTS[0]);
  assert.equal(lead?.price, 3 * 99);
  assert.deepEqual([problems, notes], [[], []]);
});

for (
  const [today, stage] of [
    ["2026-05-02", "confirmed"],
    ["2026-05-03", "confirmed"],
    ["2026-05-05", "confirmed"],
    ["2026-05-06", "returned"],
    ["2026-06-01", "returned"],
  ] as const
) {
  Deno.test(`matchCalendar() sees a rental of 3 to 5 May as ${stage} on ${today}`, () => {
    const { leads } = match(today, ["SUMMARY:A 10421"], ["SUMMARY:B 20835", "STATUS:CANCELLED"]);

    assert.deepEqual(leads.map((lead) => lead.stage), [stage, "cancelled"]);
  });
}

Deno.test("matchCalendar() lists events without one car, and imports those without a known client", () => {
  const { leads, problems, notes } = match(
    "2026-05-01",
    ["SUMMARY:Zebediah, Sunny"],
    ["SUMMARY:A 10421", "DESCRIPTION:License: X-1"],
    ["SUMMARY:A 10421 or B 20835"],
    ["SUMMARY:A 10421", "DESCRIPTION:no licence yet"],
  );

  assert.deepEqual(problems, [
    {
      number: 1,
      line: 2,
      summary: "Zebediah, Sunny",
      reason:
        "its summary names no car that is in the catalog with plate and daily rate, expected one",
    },
    {
      number: 3,
      line: 15,
      summary: "A 10421 or B 20835",
      reason: "its summary names several cars, expected one",
    },
  ]);
  assert.deepEqual(notes, [
    {
      number: 2,
      line: 8,
      summary: "A 10421",
      reason: "its licence is that of no client: imported without one",
    },
  ]);
  assert.deepEqual(leads.map(({ event, client }) => [event.number, client]), [[2, null], [
    4,
    null,
  ]]);
});

const LICENSES: readonly (readonly [string, unknown])[] = [
  ["License: X-1", { license: "X-1" }],
  ["<b>Renter</b>: A<br>License: X-1<br>Phone: 1", { license: "X-1" }],
  ["<p>License: X-1</p>", { license: "X-1" }],
  ['<div style="a:b"><span>License:</span>&nbsp;<b>X-1</b></div>', { license: "X-1" }],
  ["<ul><li>Renter: A</li><li>Licence: X&amp;1</li></ul>", { license: "X&1" }],
  ["License:&nbsp;X-1", { license: "X-1" }],
  ["- Driver's licence no.: X-1", { license: "X-1" }],
  ["\u2022 Driving License Number = X-1", { license: "X-1" }],
  ["License\uFF1A X-1", { license: "X-1" }],
  ["1 < 2, License: X-1", "unclear"],
  ["Renter A, license X-1", "unclear"],
  ["License:", null],
  ["no licence yet", null],
  ["", null],
];

for (const [description, read] of LICENSES) {
  Deno.test(`readLicense() reads ${JSON.stringify(description)}`, () => {
    assert.deepEqual(readLicense(description), read);
  });
}

Deno.test("matchCalendar() needs nothing but the UID of a cancelled event", () => {
  const { leads, cancellations, problems } = match(
    "2026-05-01",
    ["SUMMARY:Canceled", "STATUS:CANCELLED"],
    ["SUMMARY:A 10421", "STATUS:CANCELLED"],
  );

  assert.deepEqual(problems, []);
  assert.deepEqual(leads.map(({ event, stage }) => [event.number, stage]), [[2, "cancelled"]]);
  assert.deepEqual(cancellations, [{ number: 1, line: 2, summary: "Canceled", uid: "0" }]);
});

Deno.test("demo_rentals.ics has 40 rentals of the 12 cars in one month, no car and no client twice a day", async () => {
  const text = await Deno.readTextFile(
    new URL("../../../loaders/data/demo_rentals.ics", import.meta.url),
  );

  const { leads, problems, notes } = matchText(text, "2026-05-15");

  assert.deepEqual([leads.length, problems, notes], [40, [], []]);
  assert.equal(new Set(leads.map(({ event }) => event.uid)).size, 40);
  assert.equal(new Set(leads.map(({ car }) => car.id)).size, 12);
  assert.deepEqual([...new Set(leads.map(({ stage }) => stage))].sort(), ["confirmed", "returned"]);
  const days = leads.flatMap(({ car, client, start, end }) =>
    Array.from({ length: start.until(end).days }, (_, i) => {
      const day = start.add({ days: i });
      return { day, car: `${day} ${car.plate}`, client: `${day} ${client?.license}` };
    })
  );
  assert.deepEqual([...new Set(days.map(({ day }) => day.toPlainYearMonth().toString()))], [
    "2026-05",
  ]);
  assert.equal(new Set(days.map(({ car }) => car)).size, days.length);
  assert.equal(new Set(days.map(({ client }) => client)).size, days.length);
});
