import assert from "node:assert/strict";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { buildDay } from "../../support/marts.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  dubai,
  element,
  lead,
  RETURNED,
} from "../../support/rentals.ts";
import type { StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

/** A lead as it was seen on the first of May. */
function rental(id: number, status: number, days: readonly string[], columns: StagedRow) {
  const [start, end] = days.map((day) => dubai(`2026-${day}`));
  return lead(id, "2026-05-01 10:00", {
    status_id: status,
    rental_start: start ?? null,
    rental_end: end ?? null,
    ...columns,
  });
}

const CARS = [
  element(5, "2026-05-01 08:00", { model: "Sedan", in_fleet_from: "2026-04-29" }),
  element(6, "2026-05-01 08:00", {
    model: "Van",
    in_fleet_from: "2026-05-03",
    in_fleet_to: "2026-05-06",
  }),
];

// Built on the 9th of May: the 8th is the last finished day.
//
//            29 30 | 1  2  3  4  5  6  7  8 | 12 13   20
//   car 5    .  1  | 1  .  .  2  23 .  .  . | 7  7        3 shares the 5th with 2
//   car 6                  .  5  .  .                     joins on the 3rd, leaves on the 6th
//   no car                             6
//
//   1: 100 over 30 April and 1 May, 50 each; 48 h are 2 charged days
//   2: 90 over the 4th and 5th, 45 each; 50 h are 3 charged days, so 1 and 2
//   3: 20 on the 5th, a same-day rental of 1 charged day
//   4: 500, cancelled: nothing
//   5: no amount; its day is rented and unpriced, the booking unattributed with 0 on the 4th
//   6: 70 without a car: unattributed on the 7th
//   7: 60 over the 12th and 13th: ahead
//   8: 33, ends before it starts: unattributed on the 20th, ahead
const LEADS = [
  rental(1, CLOSED, ["04-30 10:00", "05-02 10:00"], { car_element_id: 5, budget: 100 }),
  rental(2, RETURNED, ["05-04 10:00", "05-06 12:00"], { car_element_id: 5, budget: 90 }),
  rental(3, CONFIRMED, ["05-05 09:00", "05-05 18:00"], { car_element_id: 5, budget: 20 }),
  rental(4, CANCELLED, ["05-03 10:00", "05-05 10:00"], { car_element_id: 6, budget: 500 }),
  rental(5, CONFIRMED, ["05-04 10:00", "05-05 09:00"], { car_element_id: 6 }),
  rental(6, CONFIRMED, ["05-07 10:00", "05-08 10:00"], { budget: 70 }),
  rental(7, CONFIRMED, ["05-12 10:00", "05-14 10:00"], { car_element_id: 5, budget: 60 }),
  rental(8, CONFIRMED, ["05-20 10:00", "05-19 10:00"], { car_element_id: 5, budget: 33 }),
];

testOnBothWarehouses(
  "build_fleet_utilisation_month counts the days of cars, models and the fleet",
  async (warehouse) => {
    await buildDay(warehouse, "2026-05-09", { cars: CARS, leads: LEADS });

    // Of car 5: April has the 29th and 30th, the 30th rented. May has 8 days so far, rented the 1st, 4th and 5th
    // (once, though double booked); idle 2-3 and 6-8, so 3 in a row. Of car 6: 3rd to 6th, the 4th rented, then 5-6.
    assert.deepEqual(
      await read(
        warehouse,
        `select to_char(month, 'MM') as month, level, car_id::integer, model, car_days, rented_days, idle_days,
           longest_idle_run as run, double_booked_days as double, round(utilisation, 4) as utilisation,
           days_so_far, is_complete
         from dm.fleet_utilisation_month order by 1, 2, 3, 4`,
      ),
      [
        ["04", "car", 5, "Sedan", 2, 1, 1, 1, 0, "0.5000", 30, true],
        ["04", "fleet", 0, "", 2, 1, 1, 1, 0, "0.5000", 30, true],
        ["04", "model", 0, "Sedan", 2, 1, 1, 1, 0, "0.5000", 30, true],
        ["05", "car", 5, "Sedan", 8, 3, 5, 3, 1, "0.3750", 8, false],
        ["05", "car", 6, "Van", 4, 1, 3, 2, 0, "0.2500", 8, false],
        ["05", "fleet", 0, "", 12, 4, 8, 3, 1, "0.3333", 8, false],
        ["05", "model", 0, "Sedan", 8, 3, 5, 3, 1, "0.3750", 8, false],
        ["05", "model", 0, "Van", 4, 1, 3, 2, 0, "0.2500", 8, false],
      ],
    );
  },
);

testOnBothWarehouses(
  "build_revenue_month splits money at the last finished day, and keeps apart what belongs to no day of a car",
  async (warehouse) => {
    await buildDay(warehouse, "2026-05-09", { cars: CARS, leads: LEADS });

    // Car 5 in May: 50 (1st) + 45 + 45 + 20 = 160 in 3 rented and 1 + 1 + 2 + 1 = 5 charged days of 8 car days.
    // The fleet: 160 in 4 rented, 6 charged and 12 car days; RevPAC 160 / 12 = ADR 40 x utilisation 1 / 3.
    assert.deepEqual(
      await read(
        warehouse,
        `select to_char(month, 'MM') as month, level, car_id::integer, revenue, rented_days, charged_days,
           unpriced_days, car_days, unattributed_revenue, unattributed_bookings, round(adr, 2) as adr,
           round(rpd, 2) as rpd, round(revpac, 2) as revpac, revenue_ahead, rented_days_ahead,
           unattributed_revenue_ahead, unattributed_bookings_ahead
         from dm.revenue_month where level <> 'model' order by 1, 2, 3`,
      ),
      [
        ["04", "car", 5, "50", 1, 1, 0, 2, "0", 0, "50.00", "50.00", "25.00", "0", 0, "0", 0],
        ["04", "fleet", 0, "50", 1, 1, 0, 2, "0", 0, "50.00", "50.00", "25.00", "0", 0, "0", 0],
        ["05", "car", 5, "160", 3, 5, 0, 8, "0", 0, "53.33", "32.00", "20.00", "60", 2, "33", 1],
        ["05", "car", 6, "0", 1, 1, 1, 4, "0", 1, "0.00", "0.00", "0.00", "0", 0, "0", 0],
        [
          "05",
          "fleet",
          0,
          "160",
          4,
          6,
          1,
          12,
          "70",
          2,
          "40.00",
          "26.67",
          "13.33",
          "60",
          2,
          "33",
          1,
        ],
      ],
    );
    assert.deepEqual(
      await read(
        warehouse,
        `select count(*)::integer as wrong from dm.revenue_month
         where round(revpac, 9) <> round(adr * utilisation, 9)`,
      ),
      [[0]],
    );
  },
);

testOnBothWarehouses(
  "build_revenue_day has a row for every day, and nothing with car days ahead",
  async (warehouse) => {
    await buildDay(warehouse, "2026-05-09", { cars: CARS, leads: LEADS });

    const days = await read(
      warehouse,
      `select to_char(usage_date, 'MM-DD') as day, revenue, rented_days, charged_days, unpriced_days,
         car_days, round(adr, 2) as adr, round(revpac, 2) as revpac, unattributed_revenue,
         unattributed_bookings, is_ahead
       from dm.revenue_day order by usage_date`,
    );

    assert.equal(days.length, 22); // 29 April to 20 May
    const wanted = new Set(["04-29", "05-04", "05-05", "05-07", "05-12", "05-20"]);
    assert.deepEqual(days.filter(([day]) => wanted.has(String(day))), [
      ["04-29", "0", 0, 0, 0, 1, null, "0.00", "0", 0, false],
      ["05-04", "45", 2, 2, 1, 2, "22.50", "22.50", "0", 1, false],
      ["05-05", "65", 1, 3, 0, 2, "65.00", "32.50", "0", 0, false],
      ["05-07", "0", 0, 0, 0, 1, null, "0.00", "70", 1, false],
      ["05-12", "30", 1, 1, 0, null, "30.00", null, "0", 0, true],
      ["05-20", "0", 0, 0, 0, null, null, null, "33", 1, true],
    ]);
    // 100 + 90 + 20 + 70 + 60 + 33, the cancelled 500 aside.
    assert.deepEqual(
      await read(warehouse, "select sum(revenue + unattributed_revenue) from dm.revenue_day"),
      [["373"]],
    );
  },
);

testOnBothWarehouses(
  "build_revenue_day charges wall-clock days where the clock is put back",
  async (warehouse) => {
    // 24 October 10:00 to 26 October 10:00 in Berlin are 49 hours and two days.
    await buildDay(warehouse, "2026-10-27", {
      cars: [element(5, "2026-10-24 00:00", { created_at: "2026-10-24T00:00:00+02:00" })],
      leads: [lead(1, "2026-10-24 00:00", {
        created_at: "2026-10-24T00:00:00+02:00",
        status_id: RETURNED,
        car_element_id: 5,
        budget: "100.01",
        rental_start: "2026-10-24T10:00:00+02:00",
        rental_end: "2026-10-26T10:00:00+01:00",
      })],
    }, { business_tz: "Europe/Berlin" });

    assert.deepEqual(
      await read(
        warehouse,
        `select to_char(usage_date, 'MM-DD') as day, revenue, charged_days from dm.revenue_day
         where rented_days > 0 order by usage_date`,
      ),
      [["10-24", "50", 1], ["10-25", "50.01", 1]],
    );
  },
);

testOnBothWarehouses(
  "build_revenue_month counts the days of a month so far in which no car has any",
  async (warehouse) => {
    // 70 without a car on 28 April; the month of the last finished day has nothing but its days.
    const leads = [rental(1, CONFIRMED, ["04-28 10:00", "04-29 10:00"], { budget: 70 })];
    await buildDay(warehouse, "2026-05-02", { cars: [], leads });
    await buildDay(warehouse, "2026-05-06", { cars: [], leads: [] });

    assert.deepEqual(
      await read(
        warehouse,
        `select to_char(month, 'MM') as month, level, unattributed_revenue, days_so_far
         from dm.revenue_month order by month`,
      ),
      [["04", "fleet", "70", 30], ["05", "fleet", "0", 5]],
    );
  },
);

testOnBothWarehouses(
  "build_unattributed_booking counts a booking once, on its start, end, confirmation or creation",
  async (warehouse) => {
    // A horizon of 10 days ends on the 12th: of 10 to 13 May the 13th is beyond it, 25 of 100.
    const at = { car_element_id: 5, budget: 100 };
    await buildDay(warehouse, "2026-05-02", {
      cars: CARS,
      leads: [
        rental(1, CONFIRMED, ["05-10 10:00", "05-14 09:00"], at),
        rental(2, CONFIRMED, [], {
          ...at,
          car_element_id: null,
          rental_end: dubai("2026-05-09 10:00"),
        }),
        lead(3, "2026-05-01 10:00", { ...at, status_id: 1, created_at: dubai("2026-04-30 08:00") }),
        lead(3, "2026-05-02 01:00", {
          ...at,
          status_id: CONFIRMED,
          created_at: dubai("2026-04-30 08:00"),
        }),
        rental(4, CONFIRMED, ["05-20 10:00", "05-21 10:00"], at),
        rental(5, CANCELLED, [], at),
      ],
    }, { max_horizon_days: "10" });

    assert.deepEqual(
      await read(
        warehouse,
        `select lead_id::integer, car_id::integer, to_char(usage_date, 'MM-DD') as day, revenue, is_beyond_horizon
         from dm.unattributed_booking order by lead_id`,
      ),
      [
        [1, 5, "05-10", "25", true],
        [2, 0, "05-09", "100", false],
        [3, 5, "05-02", "100", false],
        [4, 5, "05-01", "100", true],
      ],
    );
  },
);

testOnBothWarehouses(
  "build_unattributed_booking takes in what reaches out where the horizon is lowered, and lets it go again",
  async (warehouse) => {
    // 1: 10 to 13 May, 25 a day. 2: no car, on its start, the 13th, else on its creation, the 1st.
    const rows = () =>
      read(
        warehouse,
        `select lead_id::integer, to_char(usage_date, 'MM-DD') as day, revenue, is_beyond_horizon
         from dm.unattributed_booking order by lead_id`,
      );
    const sums = () =>
      read(
        warehouse,
        "select trim_scale(sum(revenue)), trim_scale(sum(unattributed_revenue)) from dm.revenue_day",
      );
    const within = [[2, "05-13", "60", false]];
    // Nothing has landed yet: there is no horizon either.
    await buildDay(warehouse, "2026-05-01");
    await buildDay(warehouse, "2026-05-02", {
      cars: CARS,
      leads: [
        rental(1, CONFIRMED, ["05-10 10:00", "05-14 09:00"], { car_element_id: 5, budget: 100 }),
        rental(2, CONFIRMED, ["05-13 10:00", "05-14 10:00"], { budget: 60 }),
      ],
    }, { max_horizon_days: "12" });
    assert.deepEqual([await rows(), await sums()], [within, [["100", "60"]]]);

    // Nine days past 3 May: the 13th is beyond.
    await buildDay(warehouse, "2026-05-03", {}, { max_horizon_days: "9" });
    assert.deepEqual([await rows(), await sums()], [
      [[1, "05-10", "25", true], [2, "05-01", "60", true]],
      [["75", "85"]],
    ]);

    await buildDay(warehouse, "2026-05-04", {}, { max_horizon_days: "12" });
    assert.deepEqual([await rows(), await sums()], [within, [["100", "60"]]]);
  },
);

testOnBothWarehouses(
  "build_booking_pace shows what was on the books, and what was picked up or lost since",
  async (warehouse) => {
    // First load on 1 May. Booking 1: 10 and 11 May, 50 each, cancelled on the 4th. Booking 2 comes on the 3rd: 10 May, 30.
    const first = { car_element_id: 5, budget: 100 };
    const days = ["05-10 10:00", "05-12 10:00"];
    await buildDay(warehouse, "2026-05-03", {
      cars: CARS,
      leads: [rental(1, CONFIRMED, days, first)],
    });
    await buildDay(warehouse, "2026-05-05", {
      leads: [
        {
          ...rental(2, CONFIRMED, ["05-10 10:00", "05-11 10:00"], { budget: 30 }),
          ...seenAt("05-03 11:00"),
        },
        { ...rental(1, CANCELLED, days, first), ...seenAt("05-04 11:00") },
      ],
    });

    const pace = (source: string) =>
      read(
        warehouse,
        `select to_char(as_of, 'MM-DD') as as_of, to_char(stay_date, 'MM-DD') as stay, booked_days, revenue,
           pickup_1_days, pickup_1_revenue, pickup_7_days, last_year_days
         from ${source} order by 1, 2`,
      );
    const expected = [
      ["05-01", "05-10", 1, "50", null, null, null, null],
      ["05-01", "05-11", 1, "50", null, null, null, null],
      ["05-02", "05-10", 1, "50", 0, "0", null, null],
      ["05-02", "05-11", 1, "50", 0, "0", null, null],
      ["05-03", "05-10", 2, "80", 1, "30", null, null],
      ["05-03", "05-11", 1, "50", 0, "0", null, null],
      ["05-04", "05-10", 1, "30", -1, "-50", null, null],
      ["05-04", "05-11", 0, "0", -1, "-50", null, null],
    ];
    assert.deepEqual(await pace("dm.booking_pace"), expected);
    assert.deepEqual(
      await pace("dm.booking_pace_as_of('2026-05-04', '2026-05-01', '2026-05-31')"),
      expected.slice(6),
    );
  },
);

testOnBothWarehouses(
  "build_booking_pace counts each day once where the horizon is lowered and raised again",
  async (warehouse) => {
    const days = async () =>
      await read(
        warehouse,
        `select to_char(stay_date, 'MM-DD') as stay, count(*)::integer as states, min(booked_days), max(booked_days)
         from dm.booking_pace group by 1 order by 1`,
      );
    // One booking of 10 to 12 May; states from the first load, 1 May, to the last finished day.
    await buildDay(warehouse, "2026-05-03", {
      cars: CARS,
      leads: [rental(1, CONFIRMED, ["05-10 10:00", "05-13 10:00"], { budget: 300 })],
    });
    assert.deepEqual(await days(), [["05-10", 2, 1, 1], ["05-11", 2, 1, 1], ["05-12", 2, 1, 1]]);
    // Seven days past 4 May: the 12th is beyond.
    await buildDay(warehouse, "2026-05-04", {}, { max_horizon_days: "7" });
    assert.deepEqual(await days(), [["05-10", 3, 1, 1], ["05-11", 3, 1, 1]]);
    await buildDay(warehouse, "2026-05-05");
    assert.deepEqual(await days(), [["05-10", 4, 1, 1], ["05-11", 4, 1, 1], ["05-12", 4, 1, 1]]);
  },
);

testOnBothWarehouses(
  "build_booking_pace computes states of days alone that bookings ever covered, and of those a year later",
  async (warehouse) => {
    const countStates = async (logicalDate: string, leads: readonly StagedRow[]) => {
      const metrics = await buildDay(warehouse, logicalDate, { cars: CARS, leads });
      return metrics.get("build_booking_pace")?.states_computed;
    };
    assert.equal(await countStates("2026-05-03", []), 0);
    // A night: as of the three finished days since the first load, and of the 28 before these; and as much a year later.
    const night = rental(1, CONFIRMED, ["05-10 10:00", "05-11 10:00"], { budget: 50 });
    assert.equal(await countStates("2026-05-04", [night]), 2 * 31);
  },
);

function seenAt(moment: string): StagedRow {
  return { updated_at: dubai(`2026-${moment}`), observed_at: dubai(`2026-${moment}`) };
}

/** The rows of a query as lists; whole numbers as numbers, money as text. */
async function read({ sql }: Warehouse, query: string): Promise<unknown[][]> {
  const rows = await sql.unsafe(query).values();
  return rows.map((row) =>
    [...row].map((value: unknown) => typeof value === "bigint" ? Number(value) : value)
  );
}

testOnBothWarehouses(
  "build_unattributed_booking counts a booking elsewhere when MAX_HORIZON_DAYS is lowered and its day is cut off",
  async (warehouse) => {
    const wide = { max_horizon_days: "20" };
    // Without an amount, so unattributed: on the 20th of April, eleven days before anything was created.
    const leads = [rental(1, CLOSED, ["04-20 10:00", "04-21 10:00"], { car_element_id: 5 })];
    const read = () =>
      warehouse.sql`
        select usage_date::text, is_beyond_horizon from dm.unattributed_booking
      `.values();

    await buildDay(warehouse, "2026-05-02", { cars: CARS, leads }, wide);
    const before = await read();
    await buildDay(warehouse, "2026-05-03", {}, { max_horizon_days: "5" });
    const after = await read();

    assert.deepEqual([...before].map((row) => [...row]), [["2026-04-20", false]]);
    assert.deepEqual([...after].map((row) => [...row]), [["2026-05-01", true]]);
  },
);
