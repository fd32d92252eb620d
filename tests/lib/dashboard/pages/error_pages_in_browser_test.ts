import assert from "node:assert/strict";
import { readConfig } from "../../../../lib/config.ts";
import { createPages } from "../../../../lib/dashboard/pages/pages.ts";
import { LateError } from "../../../../lib/dashboard/reading.ts";
import { dags } from "../../../../pipeline/daily.ts";
import { testInBrowser } from "../../../support/browser.ts";
import { get } from "../../../support/look_site.ts";
import { buildDay } from "../../../support/marts.ts";
import { type OpenPage, turnTo } from "../../../support/open_page.ts";
import {
  findBarriers,
  findSidewaysScroll,
  findUnreachable,
  findWiderThanPaper,
} from "../../../support/page_checks.ts";
import { CONFIRMED, dubai, element, lead } from "../../../support/rentals.ts";
import { addAttempt } from "../../../support/run_log_rows.ts";
import { serveTestSite, testPage, TOKEN } from "../../../support/site.tsx";
import { serverAvailable, withEmbedded, withServerDatabase } from "../../../support/warehouses.ts";

/** A server takes a fifth of the processor. */
const withWarehouse = serverAvailable ? withServerDatabase : withEmbedded;

/** What is refused, what is not there, what has nothing to show, and what shows failures and masks. */
const PAGES = [
  [400, "/?as_of=2099-01-01"],
  [400, "/money?from=2026-05-09&to=2026-05-01&lang=ru"],
  [400, "/runs?from=2026-05-12&to=2026-05-01"],
  [404, "/nothing"],
  [404, "/fleet?car=999"],
  [404, "/history/lead/999999"],
  [404, "/data?focus=dds.nothing"],
  [503, "/late"],
  [200, "/fleet?from=2020-01&to=2020-02"],
  [200, "/history?q=zzz"],
  [200, "/history/client/70"],
  [200, "/runs/daily_build_dds_dim/2026-05-11"],
  // More dates than a sheet has room for.
  [200, "/runs?from=2026-03-01&to=2026-05-11"],
] as const;

testInBrowser(
  "pages of errors, failures and nothing have no barrier, need no mouse, and fit a phone and paper",
  (browser) =>
    withWarehouse(async (warehouse) => {
      await buildDay(warehouse, "2026-05-11", {
        cars: [element(5, "2026-05-01 08:00", { plate: "A 1", model: "Sedan" })],
        clients: [element(70, "2026-05-01 08:00", { client_name: "Anna", license: "L7" })],
        leads: [lead(7, "2026-05-02 10:00", {
          status_id: CONFIRMED,
          license: "L7",
          plate: "A 1",
          budget: 200,
          rental_start: dubai("2026-05-03 10:00"),
          rental_end: dubai("2026-05-05 10:00"),
        })],
      });
      await addAttempt(warehouse.sql, {
        dag: "daily_build_dds_dim",
        task: "merge_dim_car",
        date: "2026-05-11",
        status: "failed",
        error: "sql/dds/merge_dim_car.sql:12:5: column does not exist (SQLSTATE 42703)\n" +
          `    select ${"very_long_name_".repeat(20)}\n           ^`,
      });
      const { freshnessHours } = readConfig({}, { amo: false });
      let isGood = true;
      const pages = [
        ...createPages({ dags, silentAfterS: 30, logDir: null, freshnessHours }),
        testPage("/late", () => {
          throw new LateError("Late");
        }),
        testPage("/once", () => {
          if (isGood) return {};
          throw new LateError("Late");
        }),
      ];
      await using site = await serveTestSite(warehouse, pages, { UI_LANG: "" });
      const view = await browser.open(site.url);
      for (const [status, path] of PAGES) {
        assert.deepEqual([path, (await get(site, path)).status], [path, status]);
        await turnTo(view, site.url + path);
        await checkView(view, path);
      }
      await turnTo(view, `${site.url}/once`);
      isGood = false;
      await turnTo(view, `${site.url}/once`);
      assert.match(await view.page.innerText("main"), /This is the last good page/);
      await checkView(view, "/once");
    }),
);

testInBrowser(
  "the page to log in on has no barrier and needs no mouse, with a wrong token too",
  (browser) =>
    withWarehouse(async (warehouse) => {
      await using site = await serveTestSite(warehouse, [testPage("/", () => ({}))], {
        DASHBOARD_TOKEN: TOKEN,
      });
      const view = await browser.open(site.url);
      await checkView(view, "/login");
      await turnTo(view, `${site.url}/login`);
      await view.page.keyboard.press("Tab");
      await view.page.keyboard.type("no-token-of-this-site");
      await Promise.all([
        view.page.waitForNavigation(),
        view.page.keyboard.press("Enter"),
      ]);
      assert.match(await view.page.innerText("[role=alert]"), /That is not the token/);
      assert.equal(await view.page.title(), "Log in – Rental Analytics");
      await checkView(view, "/login, refused");
    }),
);

async function checkView({ page }: OpenPage, path: string): Promise<void> {
  assert.deepEqual([path, ...await findBarriers(page)], [path]);
  assert.deepEqual([path, ...await findUnreachable(page)], [path]);
  assert.deepEqual([path, ...await findSidewaysScroll(page)], [path]);
  assert.deepEqual([path, ...await findWiderThanPaper(page)], [path]);
}
