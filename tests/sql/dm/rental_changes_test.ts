import assert from "node:assert/strict";
import { buildLeadMarts, liveMarts, path, QUOTE, readMart } from "../../support/lead_marts.ts";
import { CANCELLED, CONFIRMED, ON_RENT } from "../../support/rentals.ts";
import type { StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const BERLIN = { business_tz: "Europe/Berlin" };
const CREATED = "2026-03-20 10:00";

const dates = (rental_start: string | null, rental_end: string | null): StagedRow => ({
  rental_start,
  rental_end,
});

/*
 * In Berlin, where the clock goes from 02:00 to 03:00 on 29 March 2026. GRACE_MINUTES is 29.
 * 1: from the 27th 10:00 to the 28th 10:00, extended to the 30th 10:00 (two days on the wall clock, 47 h), then
 *    shortened to the 29th 22:00 (half a day: 3 charged days stay 3), then moved: start and end a day later.
 * 2: dates changed as a quote: none; the start filled in when booked: none; then the end filled in and the start
 *    changed at once: moved, the end's delta unknown. While cancelled: none, nor from cancelled to confirmed.
 * 3: the name alone: none. A change on the date itself: not yet.
 */
const LEADS = [
  ...path(1, CREATED, {}, [
    ["2026-03-20 10:00", CONFIRMED, dates("2026-03-27T10:00+01:00", "2026-03-28T10:00+01:00")],
    ["2026-03-21 10:00", CONFIRMED, dates("2026-03-27T10:00+01:00", "2026-03-30T10:00+02:00")],
    ["2026-03-22 10:00", ON_RENT, dates("2026-03-27T10:00+01:00", "2026-03-29T22:00+02:00")],
    ["2026-03-23 10:00", ON_RENT, dates("2026-03-28T10:00+01:00", "2026-03-30T22:00+02:00")],
  ]),
  ...path(2, CREATED, {}, [
    ["2026-03-20 10:00", QUOTE, dates("2026-03-25T10:00+01:00", null)],
    ["2026-03-21 10:00", QUOTE, dates("2026-03-26T10:00+01:00", null)],
    ["2026-03-22 10:00", CONFIRMED, dates(null, null)],
    ["2026-03-23 10:00", CONFIRMED, dates("2026-03-26T10:00+01:00", null)],
    ["2026-03-24 10:00", CONFIRMED, dates("2026-03-26T16:00+01:00", "2026-03-28T16:00+01:00")],
    ["2026-03-25 10:00", CANCELLED, dates("2026-04-01T10:00+02:00", "2026-04-02T10:00+02:00")],
    ["2026-03-26 10:00", CONFIRMED, dates("2026-04-03T10:00+02:00", "2026-04-04T10:00+02:00")],
  ]),
  ...path(3, CREATED, dates("2026-04-03T10:00+02:00", "2026-04-04T10:00+02:00"), [
    ["2026-03-20 10:00", CONFIRMED],
    ["2026-03-21 10:00", CONFIRMED, { name: "A name" }],
    ["2026-04-01 10:00", CONFIRMED, dates("2026-04-03T10:00+02:00", "2026-04-05T10:00+02:00")],
  ]),
];

const CHANGES = `select lead_id, kind, start_delta_days, end_delta_days, days_delta,
  to_char(changed_at at time zone 'Asia/Dubai', 'MM-DD HH24:MI') as changed_at
  from dm.rental_changes order by lead_id, rental_changes.changed_at`;

testOnBothWarehouses(
  "build_rental_changes has a row per change of the dates of a booking",
  async (warehouse) => {
    await liveMarts(warehouse, "2026-04-01", { leads: LEADS }, BERLIN);
    const changes = [
      [1, "extended", 0, 2, 2, "03-21 10:00"],
      [1, "shortened", 0, -0.5, 0, "03-22 10:00"],
      [1, "moved", 1, 1, 0, "03-23 10:00"],
      [2, "moved", 0.25, null, null, "03-24 10:00"],
    ];
    assert.deepEqual(await readMart(warehouse, CHANGES), changes);

    // A day later that of 3 counts, and 2 was deleted: its rows go.
    const [deleted] = path(2, CREATED, { is_deleted: true, deleted_by: "event" }, [
      ["2026-04-01 11:00", CONFIRMED],
    ]);
    await liveMarts(warehouse, "2026-04-02", { leads: deleted ? [deleted] : [] }, BERLIN);
    assert.deepEqual(await readMart(warehouse, CHANGES), [
      ...changes.slice(0, 3),
      [3, "extended", 0, 1, 1, "04-01 10:00"],
    ]);
    assert.deepEqual(await buildLeadMarts(warehouse, "2026-04-02", BERLIN), [0, 0, 0, 0, 0]);
    assert.deepEqual(await buildLeadMarts(warehouse, "2026-03-02", BERLIN), [0, 0, 0, 0, 0]);

    // With 14 hours of grace the half day counts: 3 charged days to 2.
    const generous = { ...BERLIN, grace_minutes: "840" };
    await buildLeadMarts(warehouse, "2026-04-02", generous);
    assert.deepEqual((await readMart(warehouse, CHANGES))[1], [
      ...[1, "shortened", 0, -0.5, -1, "03-22 10:00"],
    ]);
  },
);

testOnBothWarehouses(
  "build_rental_changes counts a day for a date whose midnight the clock leaves out",
  async (warehouse) => {
    // In Cairo 24 April 2026 begins at 01:00, +03. Dates without a time: the end goes from the 23rd to the 24th and on to
    // the 25th, so a day each time; then the start goes from the 22nd to the 24th as well.
    const from = (day: string) => `2026-04-${day}T00:00:00+02:00`;
    const first = "2026-04-24T01:00:00+03:00";
    const last = "2026-04-25T00:00:00+03:00";
    await liveMarts(warehouse, "2026-05-01", {
      leads: path(1, CREATED, {}, [
        ["2026-03-21 10:00", CONFIRMED, dates(from("22"), from("23"))],
        ["2026-03-22 10:00", CONFIRMED, dates(from("22"), first)],
        ["2026-03-23 10:00", CONFIRMED, dates(from("22"), last)],
        ["2026-03-24 10:00", CONFIRMED, dates(first, last)],
      ]),
    }, { business_tz: "Africa/Cairo" });
    assert.deepEqual(await readMart(warehouse, CHANGES), [
      [1, "extended", 0, 1, 1, "03-22 10:00"],
      [1, "extended", 0, 1, 1, "03-23 10:00"],
      [1, "moved", 2, 0, -2, "03-24 10:00"],
    ]);
  },
);
