import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import type { ServedSite } from "../../../../lib/dashboard/serve.ts";
import type { Warehouse } from "../../../../lib/warehouse/warehouse.ts";
import { type TestBrowser, testInBrowser } from "../../../support/browser.ts";
import { type OpenPage, turnTo } from "../../../support/open_page.ts";
import { csvRows, get, serveLook } from "../../../support/look_site.ts";
import { buildDay } from "../../../support/marts.ts";
import {
  findBarriers,
  findCutTables,
  findSidewaysScroll,
  findUnreachable,
  listTexts,
} from "../../../support/page_checks.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  lead,
  moved,
  ON_RENT,
} from "../../../support/rentals.ts";
import { serverAvailable, withEmbedded, withServerDatabase } from "../../../support/warehouses.ts";

const IMAGE = "<img src=x onerror=alert(1)>";
const SCRIPT = `"><script>alert(1)</script>`;
const ADDRESS = "javascript:alert(1)";
const FORMULA = "=cmd|' /C calc'!A0";

/** Pages 7 to 9, which look_in_browser_test.ts looks at. */
const OTHERS = ["/history", "/runs", "/data"];

/** A server takes a fifth of the processor. */
const withWarehouse = serverAvailable ? withServerDatabase : withEmbedded;

const MAY = "from=2026-05-01&to=2026-05-31";

/** More closed rentals than a page of a list holds, each of a client of its own. */
const MANY = Array.from({ length: 45 }, (_, index) => index + 100);

/** A few days of a company whose clients and cars have names that would be code elsewhere. */
async function fill(warehouse: Warehouse): Promise<void> {
  const rental = (id: number, status_id: number, plate: string, from: string, to: string) =>
    lead(id, "2026-05-02 10:00", {
      status_id,
      plate,
      name: IMAGE,
      model: SCRIPT,
      license: `L${id % 4}`,
      budget: 300,
      rental_start: dubai(`${from} 10:00`),
      rental_end: dubai(`${to} 10:00`),
      payload: { id, name: IMAGE, price: 300 },
    });
  await buildDay(warehouse, "2026-05-11", {
    cars: [IMAGE, SCRIPT, ADDRESS, FORMULA].map((text, index) =>
      element(index + 1, "2026-05-01 08:00", {
        plate: text,
        model: text,
        payload: { id: index + 1 },
      })
    ),
    clients: [
      ...[IMAGE, SCRIPT, ADDRESS, FORMULA].map((text, index) =>
        element(index + 1, "2026-05-01 08:00", {
          client_name: text,
          license: `L${index}`,
          payload: { id: index + 1 },
        })
      ),
      ...MANY.map((id) =>
        element(id, "2026-05-01 08:00", { client_name: `Client ${id}`, license: `M${id}` })
      ),
    ],
    leads: [
      rental(11, CLOSED, IMAGE, "2026-05-02", "2026-05-05"),
      rental(12, ON_RENT, SCRIPT, "2026-05-04", "2026-05-08"),
      rental(13, CONFIRMED, ADDRESS, "2026-05-12", "2026-05-15"),
      rental(14, CONFIRMED, ADDRESS, "2026-05-14", "2026-05-16"),
      rental(15, CONFIRMED, "", "2026-05-20", "2026-05-22"),
      rental(16, CANCELLED, FORMULA, "2026-05-20", "2026-05-22"),
      rental(17, INQUIRY, FORMULA, "2026-05-20", "2026-05-22"),
      ...MANY.map((id) => ({
        ...rental(id, CLOSED, "", "2026-05-03", "2026-05-04"),
        license: `M${id}`,
      })),
    ],
    events: [
      moved(11, "2026-05-01 10:00:00", INQUIRY, CONFIRMED),
      moved(11, "2026-05-02 09:00:00", CONFIRMED, CLOSED),
      moved(16, "2026-05-01 12:00:00", INQUIRY, CONFIRMED),
      moved(16, "2026-05-02 09:00:00", CONFIRMED, CANCELLED),
      ...MANY.flatMap((id) => [
        moved(id, "2026-05-01 10:00:00", INQUIRY, CONFIRMED),
        moved(id, "2026-05-02 09:00:00", CONFIRMED, CLOSED),
      ]),
    ],
  });
}

// Half of them at a time: together they would be the longest test of all.
for (const [rest, half] of ["first", "second"].entries()) {
  testInBrowser(
    `every other page of figures, from the ${half} on, has no barrier, and needs neither mouse nor script`,
    (browser) =>
      withFigures(async (site) => {
        const addresses = (await figureAddresses(site)).filter((_, i) => i % 2 === rest);
        const usual = await browser.open(site.url);
        const without = await browser.open(site.url, { javaScript: false });
        for (const address of addresses) await checkPage(site, address, usual, without);
      }),
  );
}

testInBrowser(
  "a desktop shows tables whole, but for the list of all tables",
  (browser) =>
    withFigures(async (site) => {
      const view = await browser.open(site.url);
      const cut = [];
      // Today's lists bear names here that are one long word each.
      const addresses = (await figureAddresses(site)).filter((path) => path !== "/");
      for (const path of [...addresses, "/runs", "/data"]) {
        for (const lang of ["en", "ru"]) {
          await turnTo(view, `${site.url}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
          cut.push(...(await findCutTables(view.page)).map((table) => `${path} ${lang}: ${table}`));
        }
      }
      assert.deepEqual(
        cut.map((line) => line.replace(/:.*$/, "")),
        ["/data en", "/data ru"],
        cut.join("\n"),
      );
    }),
);

testInBrowser(
  "the pages of figures lead to records in three clicks, and to no formula",
  (browser) =>
    withFigures(async (site) => {
      for (const address of await figureAddresses(site)) {
        await checkClicks(browser, site, address);
        await checkCsv(site, address);
      }
      await checkAddress(browser, site);
      await checkKeys(browser, site);
    }),
);

/** The pages over those few days, with what tells of a person; served for all tests of this file, which only look. */
let figures: ReturnType<typeof serveFigures> | null = null;

function serveFigures() {
  const served = Promise.withResolvers<ServedSite>();
  const isOver = Promise.withResolvers<void>();
  const closed = withWarehouse(async (warehouse) => {
    await fill(warehouse);
    await using site = serveLook(warehouse, { settings: { DASHBOARD_SHOW_PII: "1" } });
    served.resolve(site);
    await isOver.promise;
  });
  closed.catch(served.reject);
  return { site: served.promise, close: () => (isOver.resolve(), closed) };
}

Deno.test.afterAll(() => figures?.close());

async function withFigures(body: (site: ServedSite) => Promise<void>): Promise<void> {
  await body(await (figures ??= serveFigures()).site);
}

async function figureAddresses(site: ServedSite): Promise<string[]> {
  return (await figurePages(site)).map((path) => path === "/" ? "/" : `${path}?${MAY}`);
}

/** Those that the navigation has. */
async function figurePages(site: ServedSite): Promise<string[]> {
  const [navigation = ""] = /<nav class="pages".*?<\/nav>/s.exec((await get(site, "/")).text) ?? [];
  const paths = [...navigation.matchAll(/href="([^"]+)"/g)].map(([, path]) => path ?? "")
    .filter((path) => !OTHERS.includes(path));
  assert.deepEqual(paths.slice(0, 4), ["/", "/calendar", "/fleet", "/money"]);
  return paths;
}

async function checkPage(
  site: ServedSite,
  path: string,
  usual: OpenPage,
  without: OpenPage,
): Promise<void> {
  const { page, problems } = usual;
  await turnTo(usual, site.url + path);
  assert.deepEqual([path, ...problems], [path]);
  // What the script adds is comfort: all that is read is there without it.
  await turnTo(without, site.url + path);
  assert.deepEqual(await listTexts(without.page), await listTexts(page), path);
  assert.deepEqual([path, ...without.problems], [path]);
  assert.deepEqual([path, ...await findCode(page)], [path]);
  // Lists of several pages are named apart for those who hear them.
  assert.deepEqual(
    await page.getByRole("navigation", { name: /^Pages of the list/ }).count(),
    listsOf(path),
  );
  assert.deepEqual([path, ...await findBarriers(page)], [path]);
  assert.deepEqual([path, ...await findUnreachable(page)], [path]);
  assert.deepEqual([path, ...await findSidewaysScroll(page)], [path]);
  assert.deepEqual([path, ...problems], [path]);
}

/** How many lists of a page have a second page. */
function listsOf(path: string): number {
  return path.startsWith("/clients") ? 2 : path.startsWith("/funnel") ? 1 : 0;
}

/** Elements that only a name could have made. */
async function findCode(page: Page): Promise<string[]> {
  const found = page.locator(
    `img, main script, [onerror], [onload], [style], a[href^="javascript:" i], svg foreignObject`,
  );
  return await found.evaluateAll((elements) => elements.map(String));
}

/** From a figure over the rows behind it to the record, and there to what amoCRM gave. */
async function checkClicks(
  browser: TestBrowser,
  site: ServedSite,
  path: string,
): Promise<void> {
  const figure = path.startsWith("/calendar") ? "a.tape-bar" : ".kpi a.figure";
  const { page, problems } = await browser.open(site.url + path);
  const clicked = [];
  for (const link of [figure, `main td a[href*="/history/"], main th a[href*="/history/"]`]) {
    if (new URL(page.url()).pathname.startsWith("/history/")) break;
    const target = page.locator(link).filter({ visible: true }).first();
    clicked.push(await target.getAttribute("href"));
    await follow(page, target);
  }
  await follow(page, page.locator(`a[href*="#payload"]`).first());
  assert.ok(clicked.length <= 2, `${path}: ${clicked}`);
  const { pathname, hash } = new URL(page.url());
  assert.match(pathname, /^\/history\/(lead|car|client)\/\d+$/, path);
  assert.equal(hash, "#payload");
  const payload: unknown = JSON.parse(await page.locator("pre.payload").innerText());
  assert.ok(typeof payload === "object" && payload !== null && "id" in payload);
  assert.equal(String(payload.id), pathname.split("/").at(-1));
  assert.deepEqual(problems, []);
  await page.context().close();
}

/** Clicks, and waits until the address is another one: a click itself is done before. */
async function follow(page: Page, target: Locator): Promise<void> {
  const before = page.url();
  await target.click();
  await page.waitForURL(({ href }) => href !== before);
}

/** No cell of a CSV of the page is a formula. */
async function checkCsv(site: ServedSite, path: string): Promise<void> {
  const { text } = await get(site, path);
  const links = new Set(
    [...text.matchAll(/href="([^"]+\.csv[^"]*)"/g)].map(([, link]) => link ?? ""),
  );
  assert.ok(links.size > 0, path);
  for (const link of links) {
    const rows = await csvRows(site, link.replaceAll("&amp;", "&"));
    const formulas = rows.flat().filter((cell) => /^[=+\-@\t]/.test(cell) && isNaN(Number(cell)));
    assert.deepEqual(formulas, [], link);
  }
}

/** Filters, language and as_of are in the address, and stay there from page to page. */
async function checkAddress(browser: TestBrowser, site: ServedSite): Promise<void> {
  const { page, problems } = await browser.open(
    `${site.url}/calendar?${MAY}&car=1&as_of=2026-05-10&lang=ru`,
  );
  const parameters = () => Object.fromEntries(new URL(page.url()).searchParams);
  const kept = {
    from: "2026-05-01",
    to: "2026-05-31",
    car: "1",
    as_of: "2026-05-10",
    lang: "ru",
  };
  await follow(page, page.locator("nav.pages a", { hasText: "Парк" }));
  assert.deepEqual([new URL(page.url()).pathname, parameters()], ["/fleet", kept]);
  await follow(page, page.locator("nav.pages a", { hasText: "Календарь" }));
  await follow(page, page.locator("a.tape-bar").first());
  assert.deepEqual([new URL(page.url()).pathname, parameters()], ["/history/lead/11", kept]);
  await page.goBack();
  await follow(page, page.locator("nav.languages a", { hasText: "English" }));
  assert.deepEqual(parameters(), { ...kept, lang: "en" });
  await page.locator("form.filters [name=as_of]").fill("2026-05-09");
  await follow(page, page.locator("form.filters button[type=submit]"));
  assert.deepEqual(parameters(), { ...kept, lang: "en", as_of: "2026-05-09", model: "" });
  assert.deepEqual(problems, []);
  await page.context().close();
}

/** A list that keys go through stays where it is until its form is sent. */
async function checkKeys(browser: TestBrowser, site: ServedSite): Promise<void> {
  const address = `${site.url}/fleet?${MAY}`;
  const { page, problems } = await browser.open(address);
  for (const name of ["model", "car"]) {
    const list = page.locator(`form.filters [name=${name}]`);
    await list.press("ArrowDown");
    await list.press("ArrowDown");
    const chosen = await list.inputValue();
    assert.equal(page.url(), address);
    assert.notEqual(chosen, "");
    await page.locator("form.filters button[type=submit]").press("Enter");
    await page.waitForURL(({ searchParams }) => searchParams.get(name) === chosen);
    await page.goto(address);
  }
  await page.locator("form.filters [name=model]").selectOption(ADDRESS);
  await page.waitForURL(({ searchParams }) => searchParams.get("model") === ADDRESS);
  assert.deepEqual(problems, []);
  await page.context().close();
}
