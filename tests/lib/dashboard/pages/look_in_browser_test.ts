import assert from "node:assert/strict";
import { testInBrowser } from "../../../support/browser.ts";
import { turnTo } from "../../../support/open_page.ts";
import { serveLook } from "../../../support/look_site.ts";
import {
  findBarriers,
  findSidewaysScroll,
  findUnreachable,
  findWiderThanPaper,
  listTexts,
} from "../../../support/page_checks.ts";
import { CONFIRMED, dubai, element, lead, liveDay } from "../../../support/rentals.ts";
import { addAttempt } from "../../../support/run_log_rows.ts";
import { serverAvailable, withEmbedded, withServerDatabase } from "../../../support/warehouses.ts";

/** A server takes a fifth of the processor. */
const withWarehouse = serverAvailable ? withServerDatabase : withEmbedded;

const PATHS = [
  "/history/lead/7?at=2026-05-03T10:00",
  "/runs?from=2026-05-01&to=2026-05-04",
  "/runs/daily_build_dds_dim/2026-05-04",
  "/data?focus=dds.fact_rentals",
];

testInBrowser(
  "the pages of records, runs and data have no barrier, need neither mouse nor script, and fit a phone and paper",
  (browser) =>
    withWarehouse(async (warehouse) => {
      await liveDay(warehouse, "2026-05-04", {
        cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
        leads: [
          lead(7, "2026-05-02 10:00", {
            status_id: CONFIRMED,
            name: "<img src=x onerror=alert(1)>",
          }),
          // As many versions as stand side by side.
          ...[2, 3, 4, 5, 6, 7, 8].map((hour) =>
            lead(7, `2026-05-03 0${hour}:00`, {
              status_id: CONFIRMED,
              plate: "A 1",
              model: "<img src=x onerror=alert(1)>",
              budget: 100_000 + hour,
              rental_start: dubai("2026-05-03 00:00"),
              rental_end: dubai("2026-05-05 00:00"),
            })
          ),
        ],
      });
      await addAttempt(warehouse.sql, {
        dag: "daily_build_dds_dim",
        task: "merge_dim_car",
        date: "2026-05-04",
      });
      await using site = serveLook(warehouse);
      const usual = await browser.open(site.url);
      const { page, problems } = usual;
      const without = await browser.open(site.url, { javaScript: false });
      for (const path of PATHS) {
        for (const view of [usual, without]) await turnTo(view, site.url + path);
        assert.deepEqual(await listTexts(without.page), await listTexts(page), path);
        assert.deepEqual([path, ...await findBarriers(page)], [path]);
        assert.deepEqual([path, ...await findUnreachable(page)], [path]);
        assert.deepEqual([path, ...await findSidewaysScroll(page)], [path]);
        assert.deepEqual([path, ...await findWiderThanPaper(page)], [path]);
        assert.deepEqual([path, ...problems, ...without.problems], [path]);
      }
    }),
);
