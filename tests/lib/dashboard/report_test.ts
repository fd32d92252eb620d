import assert from "node:assert/strict";
import { fleetPage } from "../../../lib/dashboard/pages/fleet.tsx";
import { moneyPage } from "../../../lib/dashboard/pages/money.tsx";
import { makeReport } from "../../../lib/dashboard/report.tsx";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { dags } from "../../../pipeline/daily.ts";
import { get, plainText } from "../../support/look_site.ts";
import { buildDay } from "../../support/marts.ts";
import { CLOSED, dubai, element, lead } from "../../support/rentals.ts";
import { serveTestSite } from "../../support/site.tsx";
import { testOnBothWarehouses, testOnServer } from "../../support/warehouses.ts";

/** One car of a hostile model, 1 to 3 May for 300; the marts are built for 6 May. */
async function liveMay(warehouse: Warehouse): Promise<void> {
  await buildDay(warehouse, "2026-05-06", {
    cars: [
      element(501, "2026-05-01 07:00", { plate: "A 1", model: "<img src=x onerror=alert(1)>" }),
    ],
    leads: [
      lead(1, "2026-05-01 09:00", {
        plate: "A 1",
        status_id: CLOSED,
        rental_start: dubai("2026-05-01 10:00"),
        rental_end: dubai("2026-05-04 10:00"),
        budget: 300,
      }),
    ],
  });
}

async function report(warehouse: Warehouse, language: "en" | "ru"): Promise<string> {
  return await makeReport({
    warehouse,
    dags,
    pages: [fleetPage, moneyPage],
    counting: { graceMinutes: 29, maxHorizonDays: 730, cohortMaturityDays: 30 },
    freshnessHours: 36,
    settings: {
      timeZone: "Asia/Dubai",
      currency: "AED",
      amoUrl: "https://demo.amocrm.ru",
      showsPersonalData: false,
      weekendDays: [6, 7],
      hasWriteButtons: false,
    },
    language,
    month: Temporal.PlainYearMonth.from("2026-05"),
    asOf: Temporal.PlainDate.from("2026-05-05"),
  });
}

testOnBothWarehouses(
  "makeReport() makes one file that asks for nothing and is the same each time",
  async (warehouse) => {
    await liveMay(warehouse);

    const html = await report(warehouse, "en");

    assert.equal(await report(warehouse, "en"), html);
    assert.match(plainText(html), /Report on May 2026 As things stood at the end of 5 May 2026/);
    assert.match(plainText(html), /The month is not over yet: 5 days of it had passed by then/);
    assert.match(plainText(html), /300/);
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length);
    const asked = [...html.matchAll(/ (?:href|src|action)="([^"]*)"/g)].map(([, address]) =>
      address
    )
      .filter((address) =>
        !address?.startsWith("#") && !address?.startsWith("https://demo.amocrm.ru")
      );
    assert.deepEqual(asked, []);
    assert.doesNotMatch(html, /<script|<link|<img|<form|@import|url\((?!#)/);
    const targets = [...html.matchAll(/ href="#([^"]*)"/g)].map(([, id]) => id);
    assert.deepEqual(targets.filter((id) => !ids.includes(id)), []);
  },
);

testOnServer("makeReport() shows the figures of the site, number by number", async (warehouse) => {
  await liveMay(warehouse);
  const html = await report(warehouse, "en");
  await using site = serveTestSite(warehouse, [fleetPage, moneyPage], { UI_LANG: "en" });

  for (const name of ["fleet", "money"]) {
    const address = `/${name}?from=2026-05&to=2026-05&as_of=2026-05-05`;
    const shown = numbersOf((await get(site, address)).text);
    const part = html.split(/<section class="report-page" /).find((one) =>
      one.startsWith(`id="${name}"`)
    );
    assert.deepEqual(numbersOf(part ?? ""), shown);
    assert.ok(shown.includes("Revenue per car day (RevPAC): AED 60.00"), shown.join("; "));
  }
});

/** The figures with their names, and each row of each table. */
function numbersOf(html: string): string[] {
  const figures = html.matchAll(
    /<h3[^>]*>(.*?)<\/h3><p class="value">.*?class="figure"[^>]*>(.*?)<\/(?:a|span)>/g,
  );
  const rows = html.matchAll(/<tr>(.*?)<\/tr>/g);
  return [
    ...[...figures].map(([, name = "", figure = ""]) => `${plainText(name)}: ${plainText(figure)}`),
    ...[...rows].map(([, row = ""]) => plainText(row)),
  ].map((line) => line.replaceAll(/\s+/g, " ").replaceAll(" :", ":").trim());
}

testOnBothWarehouses("makeReport() speaks Russian where it is asked to", async (warehouse) => {
  await liveMay(warehouse);

  const html = await report(warehouse, "ru");

  assert.match(html, /<html lang="ru">/);
  assert.match(plainText(html), /Отчёт за май 2026/);
});
