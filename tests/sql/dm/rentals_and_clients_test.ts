import assert from "node:assert/strict";
import { buildLeadMarts, liveMarts, path, QUOTE, readMart } from "../../support/lead_marts.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  ON_RENT,
  RETURNED,
} from "../../support/rentals.ts";
import type { StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const CREATED = "2026-05-01 08:00";

/** A lead that was created on 1 May in this status, with a rental from `start` to a day later. */
function booking(id: number, status: number, start: string | null, columns: StagedRow) {
  return path(id, CREATED, { rental_start: start && dubai(start), ...columns }, [[
    CREATED,
    status,
  ]]);
}

/*
 * On 11 May, the 10th being the last finished day.
 * Client 7: 1 on 2 May for 100.50, 2 on 10 May for an unknown amount (its day has begun: it counts), 3 on 11 May
 * for 70 (ahead); 4 is cancelled, 5 an inquiry: none. Two rentals on two days: repeat.
 * Client 8, deleted since: two rentals on one day, 20 + 30: no repeat. Client 9: ahead alone, confirmed without a
 * start. Client 10: no booking, no row. Unknown: one on rent without a start, which has begun.
 */
const BOOKINGS = [
  ...booking(1, CLOSED, "2026-05-02 10:00", { client_element_id: 7, budget: 100.5 }),
  ...booking(2, CONFIRMED, "2026-05-10 23:59", { client_element_id: 7 }),
  ...booking(3, CONFIRMED, "2026-05-11 00:00", { client_element_id: 7, budget: 70 }),
  ...booking(4, CANCELLED, "2026-05-03 10:00", { client_element_id: 7, budget: 1000 }),
  ...booking(5, INQUIRY, "2026-05-03 10:00", { client_element_id: 7, budget: 1000 }),
  ...booking(6, RETURNED, "2026-05-05 08:00", { client_element_id: 8, budget: 20 }),
  ...booking(8, RETURNED, "2026-05-05 20:00", { client_element_id: 8, budget: 30 }),
  ...booking(9, CONFIRMED, null, { client_element_id: 9, budget: 5 }),
  ...booking(10, QUOTE, "2026-05-03 10:00", { client_element_id: 10, budget: 1 }),
  ...booking(11, ON_RENT, null, { budget: 40 }),
];

const VALUES =
  `select client_id, rentals, revenue, unpriced_rentals, first_rental, last_rental, is_repeat,
  bookings_ahead, revenue_ahead from dm.client_value order by client_id`;

testOnBothWarehouses(
  "client_value adds up the bookings of each client, begun and ahead",
  async (warehouse) => {
    await liveMarts(warehouse, "2026-05-11", {
      leads: BOOKINGS,
      clients: [
        ...[7, 8, 9, 10].map((id) => element(id, CREATED, { client_name: "A client" })),
        element(8, "2026-05-09 08:00", { is_deleted: true, deleted_by: "absence" }),
      ],
    });
    const rest = [
      [8, 2, 50, 0, "2026-05-05", "2026-05-05", false, 0, 0],
      [9, 0, 0, 0, null, null, false, 1, 5],
    ];
    assert.deepEqual(await readMart(warehouse, VALUES), [
      [0, 1, 40, 0, null, null, null, 0, 0],
      [7, 2, 100.5, 1, "2026-05-02", "2026-05-10", true, 1, 70],
      ...rest,
    ]);

    // A day later 3 has begun, 1 was cancelled, and 11 is known to be of client 10.
    await liveMarts(warehouse, "2026-05-12", {
      leads: [
        ...path(1, CREATED, {}, [["2026-05-11 10:00", CANCELLED]]),
        ...path(11, CREATED, {}, [["2026-05-11 10:00", ON_RENT, {
          client_element_id: 10,
          budget: 40,
        }]]),
      ],
    });
    assert.deepEqual(await readMart(warehouse, VALUES), [
      [7, 2, 70, 1, "2026-05-10", "2026-05-11", true, 0, 0],
      ...rest,
      [10, 1, 40, 0, null, null, false, 0, 0],
    ]);
    assert.deepEqual(await buildLeadMarts(warehouse, "2026-05-12"), [0, 0, 0, 0, 0]);
  },
);

/*
 * 1 was confirmed in April and closed. 2 was confirmed on 1 May for 10 May at 10:00, and lost at 10:01 of that
 * day: a no-show. 3 had a start without a time, 10 May, and was lost at 23:59 of it: none; 4 likewise, lost at
 * midnight: one. 5 was lost after its start, but had been returned (a skip from confirmed): none. 6 was cancelled
 * and revived: pending. 7 went back to quote: pending. 8 is confirmed without a start: in no start month. 9 was
 * cancelled as a quote: never confirmed. 10 starts in July and is cancelled already. 11 was lost, revived, and
 * lost again before its start, which had been moved: none. 12 was confirmed on the date itself: not yet.
 */
const start = (at: string): StagedRow => ({ rental_start: dubai(at) });
const CONFIRMATIONS = [
  ...path(1, "2026-04-30 08:00", start("2026-05-02 10:00"), [
    ["2026-04-30 09:00", CONFIRMED],
    ["2026-05-03 09:00", CLOSED],
  ]),
  ...path(2, CREATED, start("2026-05-10 10:00"), [
    ["2026-05-01 09:00", CONFIRMED],
    ["2026-05-10 10:01", CANCELLED],
  ]),
  ...path(3, CREATED, start("2026-05-10 00:00"), [
    ["2026-05-01 09:00", CONFIRMED],
    ["2026-05-10 23:59", CANCELLED],
  ]),
  ...path(4, CREATED, start("2026-05-10 00:00"), [
    ["2026-05-01 09:00", CONFIRMED],
    ["2026-05-11 00:00", CANCELLED],
  ]),
  ...path(5, CREATED, start("2026-05-05 10:00"), [
    ["2026-05-01 09:00", CONFIRMED],
    ["2026-05-06 09:00", RETURNED],
    ["2026-05-07 09:00", CANCELLED],
  ]),
  ...path(6, CREATED, start("2026-05-05 10:00"), [
    ["2026-05-01 09:00", CONFIRMED],
    ["2026-05-02 09:00", CANCELLED],
    ["2026-05-03 09:00", ON_RENT],
  ]),
  ...path(7, CREATED, start("2026-05-05 10:00"), [
    ["2026-05-01 09:00", CONFIRMED],
    ["2026-05-02 09:00", QUOTE],
  ]),
  ...path(8, CREATED, {}, [["2026-05-01 09:00", CONFIRMED]]),
  ...path(9, CREATED, start("2026-05-05 10:00"), [
    ["2026-05-01 09:00", QUOTE],
    ["2026-05-02 09:00", CANCELLED],
  ]),
  ...path(10, CREATED, start("2026-07-05 10:00"), [
    ["2026-05-01 09:00", CONFIRMED],
    ["2026-05-02 09:00", CANCELLED],
  ]),
  ...path(11, CREATED, {}, [
    ["2026-05-01 09:00", CONFIRMED, start("2026-05-02 10:00")],
    ["2026-05-03 09:00", CANCELLED, start("2026-05-02 10:00")],
    ["2026-05-04 09:00", CONFIRMED, start("2026-06-02 10:00")],
    ["2026-05-05 09:00", CANCELLED, start("2026-06-02 10:00")],
  ]),
  ...path(12, "2026-05-12 08:00", start("2026-05-20 10:00"), [["2026-05-12 08:00", CONFIRMED]]),
];

const CANCELLATIONS =
  "select basis, month, confirmed, cancelled, no_shows, pending, rate from dm.cancellations order by basis, month";

testOnBothWarehouses(
  "cancellations counts what became of confirmed leads, by confirmation and by start",
  async (warehouse) => {
    await liveMarts(warehouse, "2026-05-12", { leads: CONFIRMATIONS });
    const ahead = [["start", "2026-06-01", 1, 1, 0, 0, 1], ["start", "2026-07-01", 1, 1, 0, 0, 1]];
    assert.deepEqual(await readMart(warehouse, CANCELLATIONS), [
      ["confirmation", "2026-04-01", 1, 0, 0, 0, 0],
      // 2 to 8, 10 and 11; cancelled 2, 3, 4, 5, 10 and 11, no-shows 2 and 4, pending 6, 7 and 8: 6 / 9.
      ["confirmation", "2026-05-01", 9, 6, 2, 3, 6 / 9],
      // 1 to 7; cancelled 2 to 5, pending 6 and 7: 4 / 7.
      ["start", "2026-05-01", 7, 4, 2, 2, 4 / 7],
      ...ahead,
    ]);

    // A day later 12 counts, and 10 was deleted: it is in neither number.
    await liveMarts(warehouse, "2026-05-13", {
      leads: path(10, CREATED, { is_deleted: true, deleted_by: "event" }, [
        ["2026-05-12 09:00", CANCELLED],
      ]),
    });
    assert.deepEqual(await readMart(warehouse, CANCELLATIONS), [
      ["confirmation", "2026-04-01", 1, 0, 0, 0, 0],
      ["confirmation", "2026-05-01", 9, 5, 2, 4, 5 / 9],
      ["start", "2026-05-01", 8, 4, 2, 3, 0.5],
      ...ahead.slice(0, 1),
    ]);
  },
);

/*
 * From confirmation to start in calendar days of Dubai: 1 from 1 May 23:30 to 2 May 00:10 is one day, and two
 * charged days; 2 was entered three days afterwards: -3; 3 is cancelled, 4 has no start, 5 was confirmed on the
 * date itself: none.
 */
testOnBothWarehouses(
  "lead_time has a row per booking, with the days before its start",
  async (warehouse) => {
    const dates = (from: string, to: string): StagedRow => ({
      rental_start: dubai(from),
      rental_end: dubai(to),
    });
    await liveMarts(warehouse, "2026-05-12", {
      leads: [
        ...path(1, "2026-05-01 23:30", dates("2026-05-02 00:10", "2026-05-03 10:00"), [
          ["2026-05-01 23:30", CONFIRMED],
        ]),
        ...path(2, "2026-05-03 10:00", dates("2026-04-30 10:00", "2026-05-01 10:00"), [
          ["2026-05-03 10:00", CLOSED],
        ]),
        ...path(3, "2026-05-03 10:00", dates("2026-05-05 10:00", "2026-05-06 10:00"), [
          ["2026-05-03 10:00", CONFIRMED],
          ["2026-05-03 11:00", CANCELLED],
        ]),
        ...path(4, "2026-05-03 10:00", {}, [["2026-05-03 10:00", CONFIRMED]]),
        ...path(5, "2026-05-12 08:00", dates("2026-05-15 10:00", "2026-05-16 10:00"), [
          ["2026-05-12 08:00", CONFIRMED],
        ]),
      ],
    });
    assert.deepEqual(
      await readMart(
        warehouse,
        "select lead_id, month, lead_days, rental_days from dm.lead_time order by lead_id",
      ),
      [[1, "2026-05-01", 1, 2], [2, "2026-04-01", -3, 1]],
    );
  },
);
