import assert from "node:assert/strict";
import type { ServedSite } from "../../../../lib/dashboard/serve.ts";
import type { Warehouse } from "../../../../lib/warehouse/warehouse.ts";
import { csvRows, get, plainText, serveLook } from "../../../support/look_site.ts";
import { buildDay, listRows } from "../../../support/marts.ts";
import {
  CLOSED,
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  lead,
  ON_RENT,
  RETURNED,
} from "../../../support/rentals.ts";
import type { StagedRow } from "../../../support/staged.ts";
import { testOnBothWarehouses } from "../../../support/warehouses.ts";

const EVIL = `<img src=x onerror="alert(1)">`;
const MAY = "from=2026-05-01&to=2026-05-28";
const AS_OF = `as_of=2026-05-10&${MAY}`;

const booking = (id: number, status_id: number, start: string, end: string, more: StagedRow) =>
  lead(id, "2026-05-02 10:00", {
    status_id,
    rental_start: dubai(start),
    ...end === "" ? {} : { rental_end: dubai(end) },
    ...more,
  });

const CARS = [
  element(1, "2026-05-01 08:00", { model: "Niva", plate: "A 1" }),
  element(2, "2026-05-01 08:00", { model: "Niva", plate: "B 2" }),
  element(2, "2026-05-06 09:00", { model: "Niva", plate: "B 3" }),
  element(3, "2026-05-01 08:00", { model: "Audi", plate: "C 3" }),
  element(4, "2026-05-01 08:00", { model: EVIL, plate: EVIL, in_fleet_to: "2026-05-20" }),
];

const CLIENTS = [
  element(1, "2026-05-01 08:00", { client_name: "anna maria Petrova", license: "L1" }),
  element(2, "2026-05-01 08:00", { client_name: EVIL, license: "L2" }),
];

const LEADS = [
  booking(11, CLOSED, "2026-05-03 10:00", "2026-05-03 18:00", { plate: "A 1", license: "L1" }),
  booking(12, RETURNED, "2026-04-25 10:00", "2026-05-02 12:00", { plate: "A 1" }),
  // A date without a time: late from the end of that day.
  booking(13, ON_RENT, "2026-05-05 10:00", "2026-05-08 00:00", { plate: "B 2", license: "L1" }),
  booking(14, CONFIRMED, "2026-05-12 10:00", "2026-05-15 10:00", { plate: "C 3", license: "L2" }),
  booking(15, CONFIRMED, "2026-05-14 10:00", "2026-06-02 10:00", { plate: "C 3", license: "L1" }),
  booking(16, CONFIRMED, "2026-05-20 10:00", "2026-05-22 10:00", { model: "Audi" }),
  booking(17, CONFIRMED, "2026-05-21 10:00", "2026-05-23 10:00", { model: EVIL, license: "L2" }),
  booking(18, ON_RENT, "2026-05-09 10:00", "", { plate: EVIL }),
  booking(19, INQUIRY, "2026-05-20 10:00", "2026-05-22 10:00", { plate: "A 1" }),
];

async function fill(warehouse: Warehouse): Promise<void> {
  await buildDay(warehouse, "2026-05-11", { cars: CARS, clients: CLIENTS, leads: LEADS });
}

/** The rows of the tape: the name, then for each lane its cells as days and what stands in them. */
function tapeOf(page: string): string[][] {
  const bodies = page.split("<tbody").slice(1).map((body) => body.split("</tbody>")[0] ?? "")
    .filter((body) => body.includes('scope="rowgroup"'));
  return bodies.map((body) => [
    plainText(/<th .*?<\/th>/s.exec(body)?.[0] ?? "").trim(),
    ...body.split("<tr").slice(1).map((lane) =>
      [...lane.matchAll(/<td colspan="(\d+)"[^>]*>(.*?)<\/td>/gs)]
        .map(([_, days, cell]) => `${days} ${plainText(cell ?? "").trim() || "-"}`).join(", ")
    ),
  ]);
}

async function csvOf(site: ServedSite, query: string, table: string): Promise<string[][]> {
  return (await csvRows(site, `/calendar.csv?${query}&table=${table}`)).slice(1);
}

testOnBothWarehouses(
  "calendarPage shows bookings over their days, late ones to today, double ones stacked",
  async (warehouse) => {
    await fill(warehouse);
    await using site = serveLook(warehouse);
    const { status, text } = await get(site, `/calendar?${AS_OF}`);
    assert.equal(status, 200);
    assert.deepEqual(tapeOf(text), [
      [`Without a car ${EVIL}`, "20 -, 2 IO Confirmed, 6 -"],
      ["Without a car Audi", "19 -, 2 ? Confirmed, 7 -"],
      [`${EVIL} ${EVIL}`, "8 -, 1 ? On rent, 1 No planned end, 1 May last into tomorrow, 17 -"],
      [
        "C 3 Audi",
        "11 -, 3 ! Double booked IO Confirmed, 14 -",
        "13 -, 15 ! Double booked AP Confirmed",
      ],
      ["A 1 Niva", "1 ? Returned, 1 -, 1 AP Closed, 25 -"],
      [
        "B 3 Niva",
        "5 -, 23 B 2 → B 3",
        "4 -, 3 AP On rent, 3 Overdue, 1 May last into tomorrow, 17 -",
      ],
    ]);
    assert.deepEqual(
      (await csvOf(site, AS_OF, "free")).map(([day, free, cars]) => `${day} ${free}/${cars}`),
      [
        ...["2026-05-01 3/4", "2026-05-02 4/4", "2026-05-03 3/4", "2026-05-04 4/4"],
        ...["2026-05-05 3/4", "2026-05-06 3/4", "2026-05-07 3/4", "2026-05-08 4/4"],
        // Days that are over go by what was booked; from the 10th on what is out is not free.
        ...["2026-05-09 4/4", "2026-05-10 2/4", "2026-05-11 2/4", "2026-05-12 1/4"],
        ...["2026-05-13 1/4", "2026-05-14 1/4", "2026-05-15 1/4", "2026-05-16 1/4"],
        ...["2026-05-17 1/4", "2026-05-18 1/4", "2026-05-19 1/4", "2026-05-20 1/4"],
        // Car 4 leaves the fleet on the 20th.
        ...["2026-05-21 1/3", "2026-05-22 1/3", "2026-05-23 1/3", "2026-05-24 1/3"],
        ...["2026-05-25 1/3", "2026-05-26 1/3", "2026-05-27 1/3", "2026-05-28 1/3"],
      ],
    );
    await checkFilters(site);
    await checkNames(warehouse, site);
  },
);

async function checkFilters(site: ServedSite): Promise<void> {
  const leadsOf = async (query: string) =>
    (await csvOf(site, query, "bookings")).map(([lead]) => lead);
  assert.deepEqual(await leadsOf(MAY), ["16", "17", "12", "11", "13", "14", "15", "18"]);
  assert.deepEqual(await leadsOf(`${MAY}&car=1`), ["12", "11"]);
  assert.deepEqual(await leadsOf(`${MAY}&model=Audi`), ["16", "14", "15"]);
  const free = await csvOf(site, `${MAY}&model=Audi`, "free");
  assert.deepEqual(free.at(12)?.slice(0, 3), ["2026-05-13", "0", "1"]);
  // What is late is seen to tomorrow, long after the days that it was planned for.
  assert.deepEqual(
    tapeOf(
      (await get(site, "/calendar?as_of=2026-05-10&from=2026-05-11&to=2026-05-11&car=2")).text,
    ),
    [["B 3 Niva", "1 May last into tomorrow"]],
  );
  const long = await get(site, "/calendar?from=2026-03-01&to=2026-06-30");
  assert.ok(
    plainText(long.text).includes(
      "Shown are 1 Mar 2026 – 31 May 2026: a calendar has at most 92 days.",
    ),
  );
  const beyond = await get(site, `/calendar?${MAY}&page=2`);
  assert.equal(beyond.status, 400);
  assert.ok(
    plainText(beyond.text).includes(
      `There is no page "2" of this list: expected a number from 1 to 1`,
    ),
  );
  const russian = tapeOf((await get(site, `/calendar?${MAY}&car=1&lang=ru`)).text);
  assert.deepEqual(russian, [["A 1 Niva", "1 ? Возвращено, 1 -, 1 AP Закрыто, 25 -"]]);
}

/** Names are shown only where they may be, and are text wherever they stand. */
async function checkNames(warehouse: Warehouse, masked: ServedSite): Promise<void> {
  await using open = serveLook(warehouse, {
    settings: { DASHBOARD_SHOW_PII: "1", DASHBOARD_TOKEN: "" },
  });
  const page = { masked: "", open: "" };
  for (const [name, site] of Object.entries({ masked, open })) {
    const { text } = await get(site, `/calendar?${MAY}`);
    assert.ok(!text.includes("<img"), name);
    page[name === "open" ? "open" : "masked"] = text;
  }
  assert.ok(!page.masked.includes("Petrova"));
  assert.ok(page.masked.includes(`title="Client not shown, Closed, 3 May"`));
  assert.ok(page.masked.includes(`title="Unknown client, Confirmed, 20 May – 21 May"`));
  assert.ok(page.open.includes(`title="anna maria Petrova, Closed, 3 May"`));
  assert.ok(/href="\/history\/lead\/11[?"]/.test(page.open));
  assert.deepEqual(
    (await csvOf(masked, `${MAY}&car=1`, "bookings")).map((row) => row.slice(0, 5)),
    [["12", "A 1", "Niva", "", "Returned"], ["11", "A 1", "Niva", "•••", "Closed"]],
  );
}

testOnBothWarehouses(
  "calendarPage counts the free cars of today and later as today does, and others as the facts do",
  async (warehouse) => {
    const today = Temporal.Now.plainDateISO("Asia/Dubai");
    const at = (days: number, time: string) => `${today.add({ days })} ${time}`;
    await buildDay(warehouse, today.toString(), {
      cars: [
        ...CARS,
        element(5, "2026-05-01 08:00", {
          plate: "E 5",
          in_fleet_from: today.add({ days: 3 }).toString(),
        }),
        element(6, "2026-05-01 08:00", { plate: "F 6" }),
        element(7, "2026-05-01 08:00", { plate: "G 7" }),
      ],
      clients: CLIENTS,
      leads: [
        ...LEADS,
        booking(21, CONFIRMED, at(1, "10:00"), at(3, "10:00"), { plate: "A 1" }),
        // Due back today: not free today, whatever the hour.
        booking(22, ON_RENT, at(-2, "10:00"), at(0, "23:59"), { plate: "C 3" }),
        booking(23, ON_RENT, at(2, "10:00"), "", { plate: "F 6" }),
        booking(24, CONFIRMED, at(-3, "10:00"), at(-1, "10:00"), { plate: "G 7" }),
        booking(25, CONFIRMED, at(10, "10:00"), at(12, "10:00"), { plate: "F 6" }),
      ],
    });
    await using site = serveLook(warehouse);
    const from = today.subtract({ days: 30 });
    const to = today.add({ days: 30 });
    for (const asOf of [null, today, today.subtract({ days: 4 })]) {
      const query = `from=${from}&to=${to}` + (asOf === null ? "" : `&as_of=${asOf}`);
      const shown = (await csvOf(site, query, "free")).map(([day, free]) => `${day} ${free}`);
      const eight = asOf ?? today;
      assert.deepEqual(
        shown.filter((row) => `${eight}` <= row && row < `${eight.add({ days: 8 })}`),
        await countsOf(
          warehouse,
          `
          select days.day::date as day, count(free.car_id) as free
          from generate_series(date '${eight}', date '${
            eight.add({ days: 7 })
          }', '1 day') as days (day)
          left join ${asOf === null ? "dm.today" : `dm.today_as_of('${asOf}')`} as free
            on free.kind = 'free_car' and free.usage_date = days.day::date
          group by days.day
        `,
        ),
        `as of ${asOf}`,
      );
    }
    const past = (await csvOf(site, `from=${from}&to=${to}`, "free"))
      .map(([day, free]) => `${day} ${free}`).filter((row) => row < `${today}`);
    assert.deepEqual(
      past,
      await countsOf(
        warehouse,
        `
        select usage_date as day, count(*) - sum(is_rented::integer) as free
        from dds.fact_fleet_usage_day
        where usage_date >= '${from}' and usage_date < '${today}'
        group by usage_date
      `,
      ),
    );
    assert.equal(past.length, 30);
    // A rental without an end covers no day that another one could share.
    const ofCar = (await csvOf(site, `from=${from}&to=${to}&car=6`, "bookings"))
      .map((row) => [row[0], ...row.slice(-2)]);
    assert.deepEqual(ofCar, [["23", "false", "6"], ["25", "false", "6"]]);
    // The period where none is named.
    const { text } = await get(site, "/calendar");
    const [first] = tapeOf(text.replaceAll(/ title="[^"]*"/g, ""));
    assert.ok(first);
    assert.equal((text.match(/<th scope="col"(?! class="tape-corner")/g) ?? []).length >= 29, true);
  },
);

async function countsOf(warehouse: Warehouse, query: string): Promise<string[]> {
  return await listRows(
    warehouse,
    `select found.day || ' ' || found.free as row from (${query}) as found order by found.day`,
  ).then((rows) => rows.map((row) => String(JSON.parse(row).row)));
}

testOnBothWarehouses("calendarPage keeps days whole where the clock changes", async (warehouse) => {
  const zone = "Europe/Berlin";
  const berlin = (text: string) =>
    Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant().toString();
  const rental = (id: number, start: string, end: string) =>
    lead(id, "2026-03-02 10:00", {
      status_id: CONFIRMED,
      created_at: berlin("2026-03-01T08:00"),
      rental_start: berlin(start),
      rental_end: berlin(end),
      plate: "A 1",
    });
  await buildDay(warehouse, "2026-03-10", {
    cars: [{
      ...element(1, "2026-03-01 08:00", { plate: "A 1" }),
      created_at: berlin("2026-03-01T07:00"),
    }],
    leads: [
      rental(1, "2026-03-28T00:00", "2026-03-30T00:00"),
      rental(2, "2026-03-30T00:00", "2026-03-31T10:00"),
      rental(3, "2026-10-24T23:30", "2026-10-26T00:30"),
    ],
  }, { business_tz: zone });
  await using site = serveLook(warehouse, { settings: { BUSINESS_TZ: zone } });
  for (
    const [from, to, lane] of [
      ["2026-03-27", "2026-04-01", "1 -, 2 ? Confirmed, 1 ? Confirmed, 2 -"],
      ["2026-10-23", "2026-10-27", "1 -, 2 ? Confirmed, 2 -"],
    ]
  ) {
    const { text } = await get(site, `/calendar?as_of=2026-03-09&from=${from}&to=${to}`);
    assert.deepEqual(tapeOf(text), [["A 1 (none)", lane]]);
  }
});
