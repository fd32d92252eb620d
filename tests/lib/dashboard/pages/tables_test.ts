import assert from "node:assert/strict";
import { createPages } from "../../../../lib/dashboard/pages/pages.ts";
import { makeReport } from "../../../../lib/dashboard/report.tsx";
import type { ServedSite } from "../../../../lib/dashboard/serve.ts";
import { createFormat } from "../../../../lib/dashboard/words/format.ts";
import type { Warehouse } from "../../../../lib/warehouse/warehouse.ts";
import { dags } from "../../../../pipeline/daily.ts";
import { csvRows, get, plainText, serveLook } from "../../../support/look_site.ts";
import { buildDay } from "../../../support/marts.ts";
import {
  differentColumns,
  readFigures,
  readTables,
  type ShownTable,
} from "../../../support/page_tables.ts";
import {
  CLOSED,
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  lead,
  moved,
} from "../../../support/rentals.ts";
import { addAttempt } from "../../../support/run_log_rows.ts";
import { serverAvailable, withEmbedded, withServerDatabase } from "../../../support/warehouses.ts";

/** A server takes a fifth of the processor. */
const withWarehouse = serverAvailable ? withServerDatabase : withEmbedded;

const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "=cmd|' /C calc'!A0",
  "-1",
  "\u202eشركة التأجير",
  `${"long ".repeat(60)}name`,
  "🚗 👩‍👩‍👧",
  "   ",
];

const CARS = numbers(1, 35);
/** Of cars, more than a page of bookings has. */
const RENTED = numbers(100, 104);
/** Without a car, more than a page of unattributed ones has. */
const CARLESS = numbers(300, 104);

function numbers(from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** More records of each list than one page of it shows, whose names would be something else elsewhere. */
async function fill(warehouse: Warehouse): Promise<void> {
  const nameOf = (id: number) => HOSTILE[id % HOSTILE.length] ?? "";
  const rental = (id: number, columns: Record<string, string | number | null>) =>
    lead(id, "2026-05-02 10:00", {
      status_id: CLOSED,
      license: `L${id}`,
      name: nameOf(id),
      budget: id * 10_000_000_000,
      rental_start: dubai("2026-05-03 10:00"),
      rental_end: dubai("2026-05-05 10:00"),
      ...columns,
    });
  const carOf = (id: number) => CARS[id % CARS.length] ?? 0;
  await buildDay(warehouse, "2026-05-11", {
    cars: CARS.map((id) =>
      element(id, "2026-05-01 08:00", { plate: `P ${id}`, model: id === 1 ? null : nameOf(id) })
    ),
    clients: [...RENTED, ...CARLESS].map((id) =>
      element(id, "2026-05-01 08:00", { client_name: nameOf(id), license: `L${id}` })
    ),
    leads: [
      ...RENTED.flatMap((id) => [
        rental(id, { plate: `P ${carOf(id)}`, model: nameOf(carOf(id)), status_id: CONFIRMED }),
        // A day longer since: a change of dates.
        {
          ...rental(id, { plate: `P ${carOf(id)}`, model: nameOf(carOf(id)) }),
          rental_end: dubai("2026-05-06 10:00"),
          updated_at: dubai("2026-05-04 10:00"),
        },
      ]),
      ...CARLESS.map((id) =>
        rental(
          id,
          id % 4 > 0 ? {} : {
            status_id: CONFIRMED,
            rental_start: dubai("2026-05-11 10:00"),
            rental_end: dubai("2026-05-14 10:00"),
          },
        )
      ),
    ],
    events: [...RENTED, ...CARLESS].map((id) =>
      moved(id, "2026-05-01 12:00:00", INQUIRY, CONFIRMED)
    ),
  });
  await addAttempt(warehouse.sql, {
    dag: "daily_build_dds_dim",
    task: "merge_dim_car",
    date: "2026-05-11",
  });
}

const MAY = "from=2026-05&to=2026-05";

/** The tables of which a page shows a part. */
const LONGER = [
  "/ Out today, 11 May 2026",
  "/ Unassigned bookings, 11 May 2026",
  "/ Free cars, 11 May 2026",
  "/calendar Bookings",
  "/money Bookings that lack something",
  "/money Bookings and their shares",
  "/funnel All leads created in the period",
  "/clients Clients by revenue",
  "/clients Bookings behind lead time and length",
  "/clients Bookings whose dates changed",
];

const REPORTED = ["/fleet", "/money", "/funnel", "/clients"];

const PAGES = [
  ...["/?as_of=2026-05-11", `/calendar?${MAY}`, `/fleet?${MAY}`, `/money?${MAY}`],
  ...[`/money?${MAY}&as_of=2026-05-10`, `/funnel?${MAY}`, `/clients?${MAY}`],
  ...["/history?q=P 7", "/history/lead/100", "/history/car/7", "/history/client/100"],
  ...["/runs?from=2026-05-10&to=2026-05-11", "/runs/daily_build_dds_dim/2026-05-11", "/data"],
];

Deno.test("each table of a page says what its CSV says, which has all rows of a list, and what a report says", async () => {
  await withWarehouse(async (warehouse) => {
    await fill(warehouse);
    await using site = serveLook(warehouse, { settings: { DASHBOARD_SHOW_PII: "1" } });
    const longer: string[] = [];
    for (const page of PAGES) {
      const tables = readTables(await getPage(site, page));
      assert.ok(tables.length > 0, page);
      for (const table of tables) {
        const isLonger = await compareWithCsv(site, page, table);
        if (isLonger) longer.push(`${page.replace(/\?.*/, "")} ${table.title}`);
      }
    }
    assert.deepEqual([...new Set(longer)], LONGER);
    await compareWithReport(site, warehouse);
  });
});

async function getPage(site: ServedSite, path: string): Promise<string> {
  const { status, text } = await get(site, path);
  assert.equal(status, 200, `${path}: ${plainText(text)}`);
  return text;
}

/** Whether the CSV has more rows than the page shows. */
async function compareWithCsv(
  site: ServedSite,
  page: string,
  { csv, title, rows, more, isCut, pages }: ShownTable,
): Promise<boolean> {
  const where = `${page} ${title}`;
  assert.ok(csv, where);
  const [header = [], ...all] = await csvRows(site, csv);
  const format = createFormat({ language: "en", timeZone: "Asia/Dubai", currency: "AED" });
  assert.deepEqual(differentColumns(rows, all, format).map((i) => header[i]), [], where);
  if (isCut) assert.ok(all.length > rows.length, where);
  else if (pages === 1) assert.equal(all.length, rows.length + more, where);
  else assert.equal(Math.ceil(all.length / rows.length), pages, where);
  return all.length > rows.length;
}

/** Each part of the report has the figures and tables of the page of that name. */
async function compareWithReport(site: ServedSite, warehouse: Warehouse): Promise<void> {
  const all = createPages({ dags, silentAfterS: 0, logDir: null, freshnessHours: 36 });
  const report = await makeReport({
    warehouse,
    dags,
    pages: REPORTED.map((path) => all.find((page) => page.path === path)).filter((page) =>
      page !== undefined
    ),
    counting: { graceMinutes: 29, maxHorizonDays: 730, cohortMaturityDays: 30 },
    freshnessHours: 36,
    settings: {
      timeZone: "Asia/Dubai",
      currency: "AED",
      amoUrl: null,
      showsPersonalData: true,
      weekendDays: [6, 7],
      hasWriteButtons: false,
    },
    language: "en",
    month: Temporal.PlainYearMonth.from("2026-05"),
    asOf: Temporal.PlainDate.from("2026-05-10"),
  });
  const parts = report.split(/<section class="report-page" id="[a-z]+"/).slice(1);
  assert.equal(parts.length, REPORTED.length);
  for (const [i, path] of REPORTED.entries()) {
    const page = await getPage(site, `${path}?${MAY}&as_of=2026-05-10`);
    const said = (html: string) => [
      readFigures(html),
      readTables(html).map(({ title, rows }) => ({ title, rows })),
    ];
    assert.deepEqual(said(parts[i] ?? ""), said(page), path);
  }
}
