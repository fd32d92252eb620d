import assert from "node:assert/strict";
import { clientsPage } from "../../../../lib/dashboard/pages/clients.tsx";
import { historyPage } from "../../../../lib/dashboard/pages/history.tsx";
import type { ServedSite } from "../../../../lib/dashboard/serve.ts";
import type { Warehouse } from "../../../../lib/warehouse/warehouse.ts";
import { liveMarts, path, readMart } from "../../../support/lead_marts.ts";
import { csvRows, get, plainText, withSite } from "../../../support/look_site.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  dubai,
  element,
  ON_RENT,
  RETURNED,
} from "../../../support/rentals.ts";
import { runFiles } from "../../../support/staged.ts";
import { testOnBothWarehouses } from "../../../support/warehouses.ts";

const EVIL = "<img src=x onerror=alert(1)>";

const PAGES = [clientsPage, historyPage()];

/** A lead that was confirmed on a day at ten and had its status at once. */
function booking(
  id: number,
  day: string,
  status: number,
  from: string,
  to: string,
  columns: Readonly<Record<string, unknown>>,
) {
  return path(
    id,
    `${day} 10:00`,
    { rental_start: dubai(`${from} 12:00`), rental_end: dubai(`${to} 12:00`), ...columns },
    [[`${day} 10:00`, status]],
  );
}

/*
 * The 12th of May 2026, the 11th being the last finished day. Client 7 comes back (2 and 8 April), client 8 rents once
 * and has a booking ahead, one booking's client is not known, client 9 cancelled. Booking 1 was extended by two days
 * and then moved by one, 3 was shortened by one.
 */
async function fill(warehouse: Warehouse): Promise<void> {
  await liveMarts(warehouse, "2026-05-12", {
    clients: [
      element(7, "2026-03-01 08:00", { client_name: EVIL }),
      element(8, "2026-03-01 08:00", { client_name: "=cmd" }),
      element(9, "2026-03-01 08:00", { client_name: "Nobody" }),
    ],
    leads: [
      ...path(1, "2026-04-01 10:00", { client_element_id: 7, budget: 100.5 }, [
        ["2026-04-01 10:00", CONFIRMED, dates("2026-04-02", "2026-04-03")],
        ["2026-04-01 11:00", CONFIRMED, dates("2026-04-02", "2026-04-05")],
        ["2026-04-01 12:00", CONFIRMED, dates("2026-04-03", "2026-04-06")],
      ]),
      ...booking(2, "2026-04-02", CLOSED, "2026-04-08", "2026-04-10", {
        client_element_id: 7,
        budget: 70,
      }),
      ...path(3, "2026-04-20 10:00", { client_element_id: 8, budget: 300 }, [
        ["2026-04-20 10:00", CONFIRMED, dates("2026-05-01", "2026-05-05")],
        ["2026-05-02 10:00", ON_RENT, dates("2026-05-01", "2026-05-04")],
      ]),
      ...booking(4, "2026-05-01", CONFIRMED, "2026-06-01", "2026-06-03", {
        client_element_id: 8,
        budget: 40,
      }),
      ...booking(5, "2026-05-06", RETURNED, "2026-05-05", "2026-05-07", {}),
      ...booking(6, "2026-05-06", CANCELLED, "2026-05-07", "2026-05-08", {
        client_element_id: 9,
        budget: 999,
      }),
    ],
  });
  await runFiles(warehouse, "2026-05-12", ["dm/remember_build.sql"], { currency: "AED" });
}

const dates = (from: string, to: string) => ({
  rental_start: dubai(`${from} 12:00`),
  rental_end: dubai(`${to} 12:00`),
});

/** Rows of a table of the page, as texts. */
async function readCsv(site: ServedSite, query: string): Promise<string[][]> {
  return (await csvRows(site, `/clients.csv?${query}`)).slice(1);
}

testOnBothWarehouses(
  "clientsPage shows values, new clients, medians and changes as the facts have them",
  async (warehouse) => {
    await fill(warehouse);
    await withSite(warehouse, PAGES, async (site) => {
      assert.deepEqual(await readCsv(site, "table=clients"), [
        ["8", "•••", "300", "1", "0", "2026-05-01", "2026-05-01", "false", "1", "40"],
        ["7", "•••", "170.5", "2", "0", "2026-04-03", "2026-04-08", "true", "0", "0"],
        ["Unknown client", "", "0", "1", "1", "2026-05-05", "2026-05-05", "", "0", "0"],
      ]);
      assert.deepEqual(await readCsv(site, "table=new_clients"), [
        ["2026-04-01", "1", "1", "0", "1.00000000000000000000", "true"],
        ["2026-05-01", "1", "0", "1", "0.00000000000000000000", "false"],
      ]);
      const medians = await readCsv(site, "table=lead_time&from=2026-04&to=2026-06");
      assert.deepEqual(medians, [
        ["2026-04-01", "2", "4", "2.5", "true"],
        ["2026-05-01", "2", "5", "2.5", "false"],
        ["2026-06-01", "1", "31", "2", "false"],
      ]);
      const medianOf = (column: string) => `percentile_cont(0.5) within group (order by ${column})`;
      const facts = await readMart(
        warehouse,
        `select month, count(*), ${medianOf("lead_days")} as lead, ${
          medianOf("rental_days")
        } as rental
        from dm.lead_time group by month order by month`,
      );
      assert.deepEqual(
        medians.map(([month, ...numbers]) => [month, ...numbers.slice(0, 3).map(Number)]),
        facts,
      );
      assert.deepEqual(await readCsv(site, "table=rental_changes"), [
        ["2026-04-01", "1", "0", "1", "2", "true"],
        ["2026-05-01", "0", "1", "0", "-1", "false"],
      ]);
      assert.deepEqual(await readCsv(site, "table=changed_bookings&to=2026-04"), [
        ["1", "2026-04-01T12:00:00+04:00", "moved", "1", "1", "0", "Confirmed", "•••", "7"],
        ["1", "2026-04-01T11:00:00+04:00", "extended", "0", "2", "2", "Confirmed", "•••", "7"],
      ]);
      const [lead] = await readCsv(site, "table=lead_time_bookings&from=2026-06&to=2026-06");
      assert.deepEqual(lead, ["4", "•••", "Confirmed", "2026-06-01", "31", "2", "40", "8"]);
    });
  },
);

testOnBothWarehouses(
  "clientsPage leads to histories, keeps names inert, and speaks both languages",
  async (warehouse) => {
    await withSite(warehouse, PAGES, async (site) => {
      assert.match(plainText((await get(site, "/clients")).text), /There are no figures yet/);
    });
    await fill(warehouse);
    await withSite(warehouse, PAGES, async (site) => {
      const { text } = await get(site, "/clients?as_of=2026-05-03");
      assert.match(text, /href="\/history\/client\/7[?"]/);
      assert.match(text, /href="\/history\/lead\/1[?"]/);
      assert.ok(!text.includes("onerror"));
      assert.equal((await get(site, "/history/client/7")).status, 200);
      const words = plainText(text);
      assert.match(words, /2 clients with rentals are too few to tell who comes back/);
      assert.match(words, /Came back 50\.0%/);
      // Of all five bookings: 2, 6, 11, -1 and 31 days ahead.
      assert.match(words, /This page always shows the present/);
      const russian = plainText((await get(site, "/clients?lang=ru")).text);
      assert.match(russian, /Клиентов с прокатами: 2 — слишком мало/);
      const quiet = plainText((await get(site, "/clients?from=2025-01&to=2025-01")).text);
      assert.match(quiet, /No booking changed its dates in these months/);
      for (const parameter of ["page", "bookings_page", "changes_page"]) {
        assert.equal((await get(site, `/clients?${parameter}=2`)).status, 400, parameter);
      }
    });
    await withSite(warehouse, PAGES, async (site) => {
      const { text } = await get(site, "/clients");
      assert.ok(text.includes("&lt;img src=x onerror=alert(1)&gt;"));
      assert.ok(!text.includes(EVIL));
      const clients = await readCsv(site, "table=clients");
      assert.deepEqual(clients.map(([, name]) => name), ["'=cmd", EVIL, ""]);
    }, { DASHBOARD_SHOW_PII: "1" });
  },
);
