import assert from "node:assert/strict";
import { countRentalDays } from "../../../loaders/rentals/rental_days.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

/** Start and end on the wall clock of a zone, with an offset where the hour comes twice; grace; days. */
const RENTALS: readonly (readonly [string, string, string, number, number | null])[] = [
  ["2026-05-01T10:00", "2026-05-04T10:29", "Asia/Dubai", 29, 3],
  ["2026-05-01T10:00", "2026-05-04T10:30", "Asia/Dubai", 29, 4],
  ["2026-05-01T10:00", "2026-05-04T10:29:00.000001", "Asia/Dubai", 29, 4],
  ["2026-05-01T10:00", "2026-05-04T10:28:59.999999", "Asia/Dubai", 29, 3],
  ["1206-05-01T10:00:00.000001", "2206-05-01T10:00:00.000002", "UTC", 0, 365243],
  ["2026-05-01T10:00", "2026-05-05T10:00", "Asia/Dubai", 2880, 2],
  ["2026-05-01T10:00", "2026-05-01T10:00", "Asia/Dubai", 29, 1],
  ["2026-05-01T10:00", "2026-05-01T09:00", "Asia/Dubai", 29, null],
  ["2026-10-24T00:00", "2026-10-26T00:00", "Europe/Paris", 29, 2],
  ["2026-10-24T10:00", "2026-10-26T10:30", "Europe/Paris", 29, 3],
  ["2026-03-28T00:00", "2026-03-30T00:00", "Europe/Paris", 0, 2],
  ["2026-03-28T10:00", "2026-03-30T10:01", "Europe/Paris", 0, 3],
  // The clock is put forward at midnight: the 24th of April begins at one.
  ["2026-04-22T00:00", "2026-04-24T00:00", "Africa/Cairo", 29, 2],
  ["2026-04-24T00:00", "2026-04-25T00:00", "Africa/Cairo", 0, 1],
  // The clock is put back at midnight: the evening of the 29th has its last hour twice.
  ["2026-10-29T23:30+03:00", "2026-10-29T23:10+02:00", "Africa/Cairo", 0, 1],
];

/** Some put the clock forward or back at midnight, or at the first hour, so that midnight comes twice. */
const ZONES = [
  ...["Asia/Dubai", "Europe/Paris", "Africa/Cairo", "America/Havana", "Asia/Beirut"],
  ...["Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia"],
];

testOnBothWarehouses("dds.rental_days counts days on the wall clock", async ({ sql }) => {
  const rentals = RENTALS.map(([start, end, zone, grace]) => ({
    start: toInstant(start, zone),
    end: toInstant(end, zone),
    zone,
    grace,
  }));
  const rows = await sql`
    select dds.rental_days(
      (rental ->> 'start')::timestamptz, (rental ->> 'end')::timestamptz, rental ->> 'zone',
      (rental ->> 'grace')::integer
    ) as days
    from jsonb_array_elements(${JSON.stringify(rentals)}::text::jsonb)
      with ordinality as rentals (rental)
    order by ordinality
  `;

  assert.deepEqual(rows.map(({ days }) => days), RENTALS.map(([, , , , days]) => days));
});

testOnBothWarehouses(
  "countRentalDays() and dds.rental_days agree on every night of a year in every zone",
  async ({ sql }) => {
    const first = Temporal.PlainDate.from("2026-01-01");
    const rentals = ZONES.flatMap((zone) =>
      Array.from({ length: 365 }, (_, i) => {
        const start = first.add({ days: i });
        const end = start.add({ days: i % 9 });
        return { start, end, zone, grace: [0, 29, 60, 1439][i % 4] ?? 0 };
      })
    );
    const rows = await sql`
      select dds.rental_days(
        (rental ->> 'start')::timestamptz, (rental ->> 'end')::timestamptz, rental ->> 'zone',
        (rental ->> 'grace')::integer
      ) as days
      from jsonb_array_elements(${
      JSON.stringify(rentals.map(({ start, end, zone, grace }) => ({
        start: start.toZonedDateTime(zone).toInstant(),
        end: end.toZonedDateTime(zone).toInstant(),
        zone,
        grace,
      })))
    }::text::jsonb)
        with ordinality as rentals (rental)
      order by ordinality
    `;

    const different = rentals.filter(({ start, end, grace }, i) =>
      rows[i]?.days !== countRentalDays(start, end, { graceMinutes: grace })
    );
    assert.deepEqual(different.map(({ start, end, zone }) => `${start} ${end} ${zone}`), []);
  },
);

Deno.test("days begin by 03:00 in every zone, as dds.wall_clock() takes for granted", () => {
  const begun = Intl.supportedValuesOf("timeZone").flatMap((zone) =>
    [...listTransitions(zone)]
      .filter((moment) => Temporal.PlainDate.compare(moment, dayBefore(moment)) > 0)
      .map((moment) => ({ zone, time: moment.toPlainTime() }))
  );

  const late = begun.filter(({ time }) =>
    Temporal.PlainTime.compare(time, Temporal.PlainTime.from("03:00")) > 0
  );
  // Stations that had no time of their own before they were founded.
  assert.deepEqual(late.filter(({ zone }) => !zone.startsWith("Antarctica/")), []);
  assert.ok(begun.length > 1000);
});

testOnBothWarehouses(
  "dds.day_start() is the first moment of every day of a year in every zone",
  async ({ sql }) => {
    const zones = [...ZONES, "Atlantic/Azores", "America/Scoresbysund", "Asia/Kathmandu"];
    const first = Temporal.PlainDate.from("2026-01-01");
    const days = zones.flatMap((zone) =>
      Array.from({ length: 365 }, (_, i) => ({ zone, day: first.add({ days: i }) }))
    );
    const rows = await sql`
      select dds.day_start((days ->> 'day')::date, days ->> 'zone') as start
      from jsonb_array_elements(${JSON.stringify(days)}::text::jsonb)
        with ordinality as days (days)
      order by ordinality
    `;

    const different = days.filter(({ zone, day }, i) =>
      day.toZonedDateTime(zone).epochMilliseconds !== rows[i]?.start.getTime()
    );
    assert.deepEqual(different.map(({ zone, day }) => `${day} ${zone}`), []);
  },
);

/** The moments at which a clock is put forward or back. */
function* listTransitions(zone: string): Generator<Temporal.ZonedDateTime> {
  let moment = Temporal.Instant.from("1800-01-01T00:00Z").toZonedDateTimeISO(zone)
    .getTimeZoneTransition("next");
  while (moment !== null && moment.year < 2100) {
    yield moment;
    moment = moment.getTimeZoneTransition("next");
  }
}

/** The day that a clock showed just before a moment. */
function dayBefore(moment: Temporal.ZonedDateTime): Temporal.PlainDate {
  return moment.subtract({ nanoseconds: 1 }).toPlainDate();
}

function toInstant(wall: string, zone: string): string {
  return /[+]/.test(wall)
    ? wall
    : Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).toInstant().toString();
}
