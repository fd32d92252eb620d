import assert from "node:assert/strict";
import type { ServedSite } from "../../../../lib/dashboard/serve.ts";
import { funnelPage } from "../../../../lib/dashboard/pages/funnel.tsx";
import { historyPage } from "../../../../lib/dashboard/pages/history.tsx";
import type { Warehouse } from "../../../../lib/warehouse/warehouse.ts";
import { DEPOSIT, liveMarts, path, QUOTE, readMart } from "../../../support/lead_marts.ts";
import { csvRows, get, plainText, withSite } from "../../../support/look_site.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  moved,
  ON_RENT,
} from "../../../support/rentals.ts";
import { runFiles } from "../../../support/staged.ts";
import { testOnBothWarehouses } from "../../../support/warehouses.ts";

const EVIL = "<img src=x onerror=alert(1)>";

const PAGES = [funnelPage, historyPage()];

/*
 * The 12th of May 2026, a Tuesday, the 11th being the last finished day.
 * Week of 27 April: 1 is won, 2 was confirmed at once and did not show up. Week of 4 May: 3 is a quote (still), 4 was
 * lost as an inquiry. Week of 11 May, young and not over: 5 an inquiry, and a quote from the 12th on (not yet); 6 on
 * rent. 7 is created on the 12th: in no cohort.
 */
async function fill(warehouse: Warehouse): Promise<void> {
  await liveMarts(warehouse, "2026-05-12", {
    clients: [element(9, "2026-05-01 08:00", { client_name: EVIL })],
    leads: [
      ...path(1, "2026-05-01 08:00", { rental_start: dubai("2026-05-03 10:00") }, [
        ["2026-05-01 08:00", INQUIRY],
        ["2026-05-01 10:00", QUOTE],
        ["2026-05-02 10:00", CONFIRMED, { client_element_id: 9, budget: 100.5 }],
        ["2026-05-10 10:00", CLOSED, { client_element_id: 9, budget: 100.5 }],
      ]),
      ...path(2, "2026-05-01 08:00", { rental_start: dubai("2026-05-03 10:00") }, [
        ["2026-05-01 08:00", CONFIRMED],
        ["2026-05-04 10:00", CANCELLED],
      ]),
      ...path(3, "2026-05-04 08:00", {}, [
        ["2026-05-04 08:00", INQUIRY],
        ["2026-05-05 12:00", QUOTE],
      ]),
      ...path(4, "2026-05-05 08:00", {}, [
        ["2026-05-05 08:00", INQUIRY],
        ["2026-05-06 08:00", CANCELLED],
      ]),
      ...path(5, "2026-05-11 08:00", {}, [
        ["2026-05-11 08:00", INQUIRY],
        ["2026-05-12 08:00", QUOTE],
      ]),
      ...path(6, "2026-05-11 09:00", { rental_start: dubai("2026-05-11 12:00") }, [
        ["2026-05-11 09:00", DEPOSIT],
        ["2026-05-11 12:00", ON_RENT],
      ]),
      ...path(7, "2026-05-12 01:00", {}, [["2026-05-12 01:00", INQUIRY]]),
    ],
    events: [moved(3, "2026-05-05 11:59:30", INQUIRY, QUOTE)],
  });
  await runFiles(warehouse, "2026-05-12", ["dm/remember_build.sql"], { currency: "AED" });
}

/** Rows of a table of the page, as texts. */
async function readCsv(site: ServedSite, query: string): Promise<string[][]> {
  return (await csvRows(site, `/funnel.csv?${query}`)).slice(1);
}

/** The links from numbers to lists of leads, each with the number. */
function listLinks(html: string): { readonly href: string; readonly count: number }[] {
  return [...html.matchAll(/<a [^>]*href="\/funnel\?([^"#]*)#leads"[^>]*>(\d+)<\/a>/g)]
    .map(([, query = "", count]) => ({
      href: query.replaceAll("&amp;", "&"),
      count: Number(count),
    }));
}

testOnBothWarehouses(
  "funnelPage shows cohorts, moves, transitions and cancellations as the facts have them",
  async (warehouse) => {
    await fill(warehouse);
    await withSite(warehouse, PAGES, async (site) => {
      const cohorts = await readCsv(site, "table=cohorts&from=2026-04-27&to=2026-05-11");
      assert.deepEqual(cohorts, [
        ["2026-04-27", "2", "2", "2", "2", "1", "1", "1", "1.00000000000000000000"]
          .concat(["1", "0", "1", "0", "0.00000000000000000000", "true"]),
        ["2026-05-04", "2", "1", "0", "0", "0", "0", "0", "0.00000000000000000000"]
          .concat(["0", "1", "1", "0", "0.00000000000000000000", "true"]),
        ["2026-05-11", "2", "2", "1", "1", "1", "0", "0", "0.50000000000000000000"]
          .concat(["0", "2", "0", "0", "0.00000000000000000000", "false"]),
      ]);
      const created = await readMart(
        warehouse,
        `select date_trunc('week', created_at at time zone 'Asia/Dubai')::date, count(*)
        from dds.fact_rentals where created_at < '2026-05-12T00:00+04:00' group by 1 order by 1`,
      );
      assert.deepEqual(cohorts.map(([week, leads]) => [week, Number(leads)]), created);

      const moves = await readCsv(site, "table=moves");
      const facts = await readMart(
        warehouse,
        `select date_trunc('week', change_ts at time zone 'Asia/Dubai')::date, count(*)
        from dds.fact_lead_status_change where change_ts < '2026-05-12T00:00+04:00'
        group by 1 order by 1`,
      );
      const sums = new Map<string, number>();
      for (const [week = "", , count] of moves) {
        sums.set(week, (sums.get(week) ?? 0) + Number(count));
      }
      assert.deepEqual([...sums], facts);

      assert.deepEqual(await readCsv(site, "table=transitions"), [
        ["Inquiry", "2", "", "", "", "1", "1"],
        ["Quote", "", "1", "", "", "", "2"],
        ["Deposit", "", "", "1", "", "", ""],
        ["Confirmed", "", "", "", "1", "1", ""],
        ["On rent", "", "", "", "", "", "1"],
      ]);
      const dwell = await readCsv(site, "table=dwell");
      assert.deepEqual(dwell[0], [
        "Inquiry",
        "Quote",
        "2",
        "53985",
        "91413",
        "1",
        "0.50000000000000000000",
      ]);
      assert.deepEqual(await readCsv(site, "table=cancellations"), [
        ["2026-05-01", "3", "1", "1", "1", "1", "0.33333333333333333333", "false"],
      ]);
      assert.deepEqual(
        await readCsv(site, "table=steps&from=2026-05-04&to=2026-05-10"),
        [
          ["Inquiry", "2", "1", "2", "1"],
          ["Quote", "1", "0.5", "2", "1"],
          ["Deposit", "0", "0", "2", "1"],
          ["Confirmed", "0", "0", "2", "1"],
          ["On rent", "0", "0", "1", "0.5"],
          ["Returned", "0", "0", "1", "0.5"],
          ["Closed", "0", "0", "1", "0.5"],
        ],
      );
    });
  },
);

testOnBothWarehouses(
  "funnelPage leads from every number to as many leads, and from each of them to its history",
  async (warehouse) => {
    await fill(warehouse);
    await withSite(warehouse, PAGES, async (site) => {
      let followed = 0;
      for (const query of ["", "basis=start&from=2026-05-01&to=2026-05-31"]) {
        const page = await get(site, `/funnel?${query}`);
        assert.equal(page.status, 200, page.text);
        const links = new Map(listLinks(page.text).map((link) => [link.href, link]));
        for (const { href, count } of links.values()) {
          if (count === 0) continue;
          const rows = await readCsv(site, `${href}&table=leads`);
          assert.equal(rows.length, count, href);
          followed++;
        }
      }
      assert.ok(followed > 30, `${followed} links`);

      assert.deepEqual(await readCsv(site, "table=leads&list=left-inquiry-quote"), [
        [
          "3",
          "Inquiry",
          "Quote",
          "2026-05-05T11:59:30+04:00",
          "100770",
          "true",
          "Quote",
          "",
          "",
          "",
        ],
        [
          "1",
          "Inquiry",
          "Quote",
          "2026-05-01T10:00:00+04:00",
          "7200",
          "false",
          "Closed",
          "•••",
          "100.5",
          "9",
        ],
      ]);
      assert.deepEqual(await readCsv(site, "table=leads&list=in-quote"), [
        ["3", "2026-05-04", "2026-05-05T11:59:30+04:00", "561629", "Quote", "", "", ""],
        // What was done on the 12th has not lasted a second by the end of the 11th.
        ["5", "2026-05-11", "2026-05-12T08:00:00+04:00", "0", "Quote", "", "", ""],
      ]);
      assert.deepEqual(await readCsv(site, "table=leads&list=no_shows"), [
        ["2", "2026-05-01", "2026-05-03", "true", "Cancelled", "", "", ""],
      ]);
      const page = await get(site, "/funnel?list=won");
      assert.match(page.text, /href="\/history\/lead\/1"/);
      assert.equal((await get(site, "/history/lead/1")).status, 200);
    });
  },
);

testOnBothWarehouses(
  "funnelPage speaks both languages, says what is too little, and refuses what it has no list for",
  async (warehouse) => {
    await withSite(warehouse, PAGES, async (site) => {
      const empty = await get(site, "/funnel");
      assert.equal(empty.status, 200);
      assert.match(plainText(empty.text), /There are no figures yet/);
    });
    await fill(warehouse);
    await withSite(warehouse, PAGES, async (site) => {
      const english = plainText((await get(site, "/funnel?as_of=2026-05-03")).text);
      assert.match(english, /6 leads in 11 days are too few for a funnel/);
      assert.match(english, /This page always shows the present/);
      const russian = plainText((await get(site, "/funnel?lang=ru")).text);
      assert.match(russian, /6 сделок за 11 дней — слишком мало для воронки/);
      const quiet = plainText((await get(site, "/funnel?from=2025-01-06&to=2025-01-12")).text);
      assert.match(quiet, /No lead was created in these weeks/);

      for (const query of ["list=left-quote", "list=in-sold", "basis=end", "page=2"]) {
        assert.equal((await get(site, `/funnel?${query}`)).status, 400, query);
      }
      const masked = await get(site, "/funnel?list=won");
      assert.ok(!masked.text.includes("onerror"));
    });
    await withSite(warehouse, PAGES, async (site) => {
      const { text } = await get(site, "/funnel?list=won");
      assert.ok(text.includes("&lt;img src=x onerror=alert(1)&gt;"));
      assert.ok(!text.includes(EVIL));
    }, { DASHBOARD_SHOW_PII: "1" });
  },
);

testOnBothWarehouses(
  "funnelPage leads from the share of mature leads to these, by the setting of the build",
  async (warehouse) => {
    await fill(warehouse);
    await runFiles(warehouse, "2026-05-12", [
      ...["dm/remember_build.sql", "dm/build_lead_funnel_week.sql"],
    ], { currency: "AED", cohort_maturity_days: "7" });
    await withSite(warehouse, PAGES, async (site) => {
      const { text } = await get(site, "/funnel");
      const [, link = ""] = /href="(\/funnel\?list=mature[^"#]*)#leads"/.exec(text) ?? [];
      const listed = await get(site, link.replaceAll("&amp;", "&"));
      assert.match(plainText(listed.text), /Leads of the period that are mature/);
      const rows = await readCsv(site, "table=leads&list=mature");
      // Created by the 4th: seven days before the last finished one.
      assert.deepEqual(rows.map(([id]) => id), ["3", "2", "1"]);
      assert.match(plainText(text), /Mature 50\.0%/);
    });
  },
);
