import assert from "node:assert/strict";
import { fleetPage } from "../../../../lib/dashboard/pages/fleet.tsx";
import { moneyPage } from "../../../../lib/dashboard/pages/money.tsx";
import { todayPage } from "../../../../lib/dashboard/pages/today.tsx";
import type { Warehouse } from "../../../../lib/warehouse/warehouse.ts";
import { csvRecords, get, plainText } from "../../../support/look_site.ts";
import { buildDay } from "../../../support/marts.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  dubai,
  element,
  lead,
  ON_RENT,
} from "../../../support/rentals.ts";
import { serveTestSite } from "../../../support/site.tsx";
import { testOnBothWarehouses } from "../../../support/warehouses.ts";

const PAGES = [todayPage, fleetPage, moneyPage];

const HOSTILE = "<img src=x onerror=alert(1)>";

/*
 * Two cars, both in the fleet from 1 May on; the marts are built for 6 May, so 5 May is the last finished day.
 *   1  car 1, 1 to 3 May (ends on the 4th), 300: 100 a day
 *   2  car 2, 3 and 4 May, 200: 100 a day; On Rent, so overdue from the 5th on
 *   3  no car, 6 and 7 May, 90: unattributed, on the 6th
 *   4  car 1, 3 and 4 May, 50: 25 a day; double-booked on the 3rd
 * By day: 100, 100, 225, 125, 0 = 550 over 10 car days, of which 6 are rented (the double booking once) and 7 charged.
 */
async function liveFigures(warehouse: Warehouse): Promise<void> {
  await buildDay(warehouse, "2026-05-06", {
    cars: [
      element(501, "2026-05-01 07:00", { plate: "A 1", model: "Kia Rio" }),
      element(502, "2026-05-01 07:00", { plate: "B 2", model: HOSTILE }),
    ],
    clients: [
      element(601, "2026-05-01 07:00", { client_name: HOSTILE, license: "L 1" }),
    ],
    leads: [
      rental(1, "A 1", CLOSED, "2026-05-01 10:00", "2026-05-04 10:00", 300),
      rental(2, "B 2", ON_RENT, "2026-05-03 10:00", "2026-05-05 10:00", 200),
      rental(3, null, CONFIRMED, "2026-05-06 10:00", "2026-05-08 10:00", 90),
      rental(4, "A 1", CLOSED, "2026-05-03 10:00", "2026-05-05 10:00", 50),
    ],
  });
}

function rental(
  id: number,
  plate: string | null,
  statusId: number,
  start: string,
  end: string,
  budget: number,
) {
  return lead(id, "2026-05-01 09:00", {
    plate,
    license: "L 1",
    status_id: statusId,
    rental_start: dubai(start),
    rental_end: dubai(end),
    budget,
  });
}

const MAY = "from=2026-05&to=2026-05";

testOnBothWarehouses("fleetPage shows the days rented of those in the fleet", async (warehouse) => {
  await liveFigures(warehouse);
  await using site = serveTestSite(warehouse, PAGES);

  const [summary] = await csvRecords(site, `/fleet.csv?table=summary&${MAY}`);
  assert.deepEqual(
    [summary?.from_day, summary?.to_day, summary?.car_days, summary?.rented_days],
    ["2026-05-01", "2026-05-05", "10", "6"],
  );
  assert.equal(Number(summary?.utilisation), 0.6);
  const text = plainText((await get(site, `/fleet?${MAY}`)).text);
  assert.match(text, /1 May 2026 – 31 May 2026: 5 of 31 days so far/);
  assert.match(text, /Utilisation 60\.0%/);
  assert.match(text, /Idle days 4 days/);

  const cars = await csvRecords(site, `/fleet.csv?table=cars&${MAY}`);
  assert.deepEqual(
    cars.map((car) => [car.plate, car.rented_days, car.idle_days, car.double_booked_days]),
    [["A 1", "4", "1", "1"], ["B 2", "2", "3", "0"]],
  );
  const days = await csvRecords(site, `/fleet.csv?table=days&${MAY}`);
  assert.deepEqual(days.map((run) => [run.plate, run.first_day, run.last_day, run.state_name]), [
    ["A 1", "2026-05-01", "2026-05-02", "Rented"],
    ["A 1", "2026-05-03", "2026-05-03", "Double-booked"],
    ["A 1", "2026-05-04", "2026-05-04", "Rented"],
    ["A 1", "2026-05-05", "2026-05-05", "Idle"],
    ["B 2", "2026-05-01", "2026-05-02", "Idle"],
    ["B 2", "2026-05-03", "2026-05-04", "Rented"],
    ["B 2", "2026-05-05", "2026-05-05", "Idle"],
  ]);

  const [then] = await csvRecords(site, `/fleet.csv?table=summary&${MAY}&as_of=2026-05-03`);
  assert.deepEqual([then?.to_day, then?.car_days, then?.rented_days], ["2026-05-03", "6", "4"]);
  const [ofCar] = await csvRecords(site, `/fleet.csv?table=summary&${MAY}&car=502`);
  assert.deepEqual([ofCar?.car_days, ofCar?.rented_days, ofCar?.revenue], ["5", "2", "200.00"]);
});

testOnBothWarehouses(
  "moneyPage shows revenue by day, what is attributed to no car, and the bookings behind it",
  async (warehouse) => {
    await liveFigures(warehouse);
    await using site = serveTestSite(warehouse, PAGES);

    const [summary] = await csvRecords(site, `/money.csv?${MAY}`);
    assert.equal(Number(summary?.revenue), 550);
    assert.deepEqual(
      [summary?.rented_days, summary?.charged_days, summary?.unattributed_bookings],
      ["6", "7", "0"],
    );
    // 550 / 6, 550 / 7 and 550 / 10.
    assert.equal(Number(summary?.adr).toFixed(4), "91.6667");
    assert.equal(Number(summary?.rpd).toFixed(4), "78.5714");
    assert.equal(Number(summary?.revpac).toFixed(4), "55.0000");

    const days = await csvRecords(site, `/money.csv?table=days&${MAY}`);
    assert.deepEqual(
      days.slice(0, 6).map((day) => [day.usage_date, Number(day.revenue), day.is_ahead]),
      [
        ["2026-05-01", 100, "false"],
        ["2026-05-02", 100, "false"],
        ["2026-05-03", 225, "false"],
        ["2026-05-04", 125, "false"],
        ["2026-05-05", 0, "false"],
        ["2026-05-06", 0, "true"],
      ],
    );
    const unattributed = await csvRecords(site, `/money.csv?table=unattributed&${MAY}`);
    assert.deepEqual(
      unattributed.map((row) => [row.lead_id, row.usage_date, row.revenue, row.lacks_car]),
      [["3", "2026-05-06", "90", "true"]],
    );
    const third = await csvRecords(site, "/money.csv?table=bookings&from=2026-05-03&to=2026-05-03");
    assert.deepEqual(third.map((row) => [row.lead_id, row.car, Number(row.share)]), [
      ["1", "A 1", 100],
      ["2", "B 2", 100],
      ["4", "A 1", 25],
    ]);

    const [then] = await csvRecords(site, `/money.csv?${MAY}&as_of=2026-05-03`);
    assert.equal(Number(then?.revenue), 425);
    // Car 1 alone is a Kia Rio: 100, 100, 125, 25 and 0, the 6th lies ahead.
    for (const whose of ["car=501", "model=Kia%20Rio"]) {
      for (const asOf of ["", "&as_of=2026-05-05"]) {
        const ofCar = (table: string) =>
          csvRecords(site, `/money.csv?table=${table}&${MAY}&${whose}${asOf}`);
        assert.deepEqual(
          (await ofCar("days")).slice(0, 6).map((day) => [
            ...[day.usage_date, Number(day.revenue), day.rented_days, day.charged_days],
            ...[day.car_days, day.is_ahead],
          ]),
          [
            ["2026-05-01", 100, "1", "1", "1", "false"],
            ["2026-05-02", 100, "1", "1", "1", "false"],
            ["2026-05-03", 125, "1", "2", "1", "false"],
            ["2026-05-04", 25, "1", "1", "1", "false"],
            ["2026-05-05", 0, "0", "0", "1", "false"],
            ["2026-05-06", 0, "0", "0", "", "true"],
          ],
        );
        const [sums] = await ofCar("summary");
        const [month] = await ofCar("months");
        for (const figures of [sums, month]) {
          assert.deepEqual(
            [Number(figures?.revenue), figures?.rented_days, figures?.car_days],
            [350, "4", "5"],
            `${whose}${asOf}`,
          );
          assert.equal(Number(figures?.adr), 87.5);
        }
        assert.deepEqual((await ofCar("bookings")).map((row) => row.lead_id), ["1", "4"]);
      }
    }
    assert.doesNotMatch((await get(site, `/money?${MAY}`)).text, /Drawn by month/);
    // Of a year the months are drawn: all 550 of the days above in the bar of May.
    const year = await get(site, "/money?from=2025-06&to=2026-05");
    assert.match(year.text, /Drawn by month: the days are too many; the table has them\./);
    assert.match(year.text, /href="\/money\?from=2026-05&amp;to=2026-05#bookings"/);
    assert.match(plainText(year.text), /May 2026[^0-9]{0,12}550/);
    const page = await get(site, `/money?${MAY}&lang=ru`);
    assert.match(plainText(page.text), /Нераспределённая выручка/);
    assert.equal((await get(site, `/money?${MAY}&page=2`)).status, 400);
  },
);

testOnBothWarehouses(
  "moneyPage and fleetPage tell what was lacking at the end of a day, and know no 0 of days before the first",
  async (warehouse) => {
    // On 2 May the booking of 3 and 4 May has no amount; on the 5th it gets one and is out of the list.
    const booking = rental(1, "A 1", CONFIRMED, "2026-05-03 10:00", "2026-05-05 10:00", 0);
    await buildDay(warehouse, "2026-05-06", {
      cars: [element(501, "2026-05-01 07:00", { plate: "A 1", model: "Kia Rio" })],
      leads: [
        booking,
        { ...booking, budget: 200, updated_at: dubai("2026-05-05 09:00") },
      ],
    });
    await using site = serveTestSite(warehouse, PAGES);

    assert.deepEqual(await csvRecords(site, `/money.csv?table=unattributed&${MAY}`), []);
    const then = await csvRecords(site, `/money.csv?table=unattributed&${MAY}&as_of=2026-05-03`);
    assert.deepEqual(
      then.map((row) => [row.lead_id, row.stage_name, row.lacks_amount, row.lacks_dates]),
      [["1", "Confirmed", "true", "false"]],
    );
    for (
      const [path, text] of [
        [
          "/money?from=2020-01&to=2020-01",
          "Nothing is known of these days, the warehouse has none as old",
        ],
        [
          "/fleet?from=2020-01&to=2020-01",
          "Nothing is known of these days, the warehouse has none as old",
        ],
        [
          "/fleet?from=2020-01&to=2020-01&car=501",
          "None of the chosen cars was in the fleet on these days",
        ],
        [
          "/money?from=2026-08&to=2026-08",
          "No day of this period is finished yet: choose an earlier one.",
        ],
        [`/money?${MAY}&car=501`, "Of all cars, whatever car or model is chosen"],
      ] as const
    ) {
      assert.ok(plainText((await get(site, path)).text).includes(text), path);
    }
    for (const asOf of ["", "&as_of=2026-05-05"]) {
      const rows = (path: string) => csvRecords(site, `${path}${asOf}`);
      const days = await rows("/money.csv?table=days&from=2026-04-29&to=2026-05-02");
      assert.deepEqual(days.map((day) => day.usage_date), ["2026-05-01", "2026-05-02"]);
      // April and May a year ago are not known: they are no 0 to be compared with.
      const sums = await rows(`/money.csv?table=summary&${MAY}`);
      assert.deepEqual(sums.map((sum) => [sum.from_day, Number(sum.revenue)]), [[
        "2026-05-01",
        200,
      ]]);
      for (const path of ["/money", "/fleet"]) {
        const months = await rows(`${path}.csv?table=months&${MAY}`);
        assert.deepEqual(months.map(({ month }) => month), ["2026-05-01"]);
      }
    }
  },
);

testOnBothWarehouses(
  "todayPage shows what a day asks for, and what is typed into the CRM as text",
  async (warehouse) => {
    await liveFigures(warehouse);
    await using site = serveTestSite(warehouse, PAGES, { DASHBOARD_SHOW_PII: "1" });

    const overdue = await csvRecords(site, "/today.csv?as_of=2026-05-06");
    assert.deepEqual(overdue.map((row) => [row.lead_id, row.plate, row.usage_date]), [
      ["2", "B 2", "2026-05-05"],
    ]);
    assert.equal(overdue[0]?.client_name, HOSTILE);
    const out = await csvRecords(site, "/today.csv?as_of=2026-05-06&table=out_today");
    assert.deepEqual(out.map((row) => [row.lead_id, row.is_done]), [["3", "false"]]);
    const unassigned = await csvRecords(site, "/today.csv?as_of=2026-05-06&table=unassigned");
    assert.deepEqual(unassigned.map((row) => row.lead_id), ["3"]);
    const free = await csvRecords(site, "/today.csv?as_of=2026-05-06&table=free_car");
    assert.deepEqual(free.map((row) => [row.plate, row["2026-05-06"], row["2026-05-13"]]), [
      ["A 1", "true", "true"],
    ]);

    const page = await get(site, "/?as_of=2026-05-06");
    assert.ok(!page.text.includes(HOSTILE));
    assert.match(page.text, /&lt;img src=x onerror=alert\(1\)&gt;/);
    const { sql } = warehouse;
    const [{ count } = { count: null }] = await sql`
    select count(*)::integer as count from dm.today_as_of('2026-05-06') where kind = 'overdue'
  `;
    assert.equal(count, overdue.length);
  },
);

testOnBothWarehouses(
  "moneyPage shows no pace of an earlier day once nothing is on the books",
  async (warehouse) => {
    // Two days in July, cancelled on 20 May: 28 days later no state that is compared with has them.
    const booked = rental(1, null, CONFIRMED, "2026-07-10 10:00", "2026-07-12 10:00", 100);
    await buildDay(warehouse, "2026-05-06", { leads: [booked] });
    await using site = serveTestSite(warehouse, PAGES);
    const pace = async () =>
      (await csvRecords(site, "/money.csv?table=pace")).map((row) => [
        row.stay_date,
        row.booked_days,
      ]);
    assert.deepEqual(await pace(), [["2026-07-10", "1"], ["2026-07-11", "1"]]);

    const cancelled = { ...booked, status_id: CANCELLED, updated_at: dubai("2026-05-20 09:00") };
    await buildDay(warehouse, "2026-07-02", { leads: [cancelled] });
    const states = await warehouse.sql`select max(as_of)::text as newest from dm.booking_pace`;
    assert.equal(states[0]?.newest, "2026-06-16");
    assert.deepEqual(await pace(), []);
  },
);

/** How many rows of a table are on a page. */
function rowsOf(text: string, table: string): number {
  const [, block = ""] = text.split(`id="table-${table}"`);
  return (block.split("</table>")[0]?.split("<tr>").length ?? 0) - (block === "" ? 1 : 2);
}

testOnBothWarehouses(
  "todayPage shows the beginning of a long list, and the list by itself whole",
  async (warehouse) => {
    // 21 rentals without a car that begin on the 6th: one more than is shown of a list. Two of one car share 3 days.
    await buildDay(warehouse, "2026-05-06", {
      cars: [element(501, "2026-05-01 07:00", { plate: "A 1" })],
      leads: [
        ...Array.from(
          { length: 21 },
          (_, i) => rental(i + 1, null, CONFIRMED, "2026-05-06 10:00", "2026-05-08 10:00", 90),
        ),
        rental(31, "A 1", CONFIRMED, "2026-05-07 10:00", "2026-05-11 10:00", 90),
        rental(32, "A 1", CONFIRMED, "2026-05-08 10:00", "2026-05-12 10:00", 90),
      ],
    });
    await using site = serveTestSite(warehouse, PAGES);

    const { text } = await get(site, "/?as_of=2026-05-06");
    assert.equal(rowsOf(text, "unassigned"), 20);
    assert.equal(rowsOf(text, "double_booked"), 6);
    assert.match(plainText(text), /Double bookings 2 bookings, car days: 3 /);
    assert.match(text, /<a href="\/\?as_of=2026-05-06&amp;list=unassigned#unassigned">and 1 more/);
    const all = await get(site, "/?as_of=2026-05-06&list=unassigned");
    assert.deepEqual([rowsOf(all.text, "unassigned"), rowsOf(all.text, "out_today")], [21, 0]);
    assert.match(plainText(all.text), /All lists of the day/);
    assert.equal(
      (await csvRecords(site, "/today.csv?as_of=2026-05-06&table=unassigned")).length,
      21,
    );
    const unknown = await get(site, "/?list=everything");
    assert.equal(unknown.status, 400);
    assert.match(
      plainText(unknown.text),
      /There is no list "everything" of a day\. Name one of these in list=: overdue, /,
    );
    assert.equal((await get(site, "/?list=unassigned&page=2")).status, 400);
  },
);

testOnBothWarehouses("the pages of figures say that nothing was built yet", async (warehouse) => {
  await using site = serveTestSite(warehouse, PAGES);
  for (const path of ["/", "/fleet", "/money"]) {
    const { status, text } = await get(site, path);
    assert.equal(status, 200);
    assert.match(plainText(text), /There are no figures yet/);
  }
});

testOnBothWarehouses("the warehouse of a demo lives in its own time", async (warehouse) => {
  await liveFigures(warehouse);
  await warehouse.sql`create schema made_by_demo`;
  await using site = serveTestSite(warehouse, PAGES);
  const [overdue] = await csvRecords(site, "/today.csv");
  assert.equal(overdue?.lead_id, "2");
  const today = plainText((await get(site, "/")).text);
  assert.match(today, /its clock stands at the evening of 6 May 2026/);
  assert.match(today, /What 6 May 2026 asks for/);
  assert.equal((await get(site, "/?as_of=2026-05-07")).status, 400);
  assert.match(plainText((await get(site, "/money")).text), /1 May 2026 – 31 May 2026/);
});
