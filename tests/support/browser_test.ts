import assert from "node:assert/strict";
import { testInBrowser } from "./browser.ts";
import { findChromium } from "./chromium.ts";
import { temporaryFolder } from "./folders.ts";
import {
  findBarriers,
  findSidewaysScroll,
  findUnreachable,
  takeScreenshots,
} from "./page_checks.ts";
import { type ScriptedServer, serveAnswers } from "./scripted_server.ts";

const GOOD = `<!doctype html><html lang="en"><head><title>Cars</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <style>a, button { display: inline-block; min-block-size: 24px }</style></head>
  <body><main><h1>Cars</h1><p><a href="/b">Kia Pegas</a></p><p><button>More of them</button></p>
  <details><summary>Rows</summary><a href="/c">Hidden</a></details></main></body></html>`;

const BAD = `<!doctype html><html lang="en"><head><title>Cars</title>
  <meta name="viewport" content="width=device-width, initial-scale=1"><style>
  .pale { color: #ccc } .bare:focus { outline: none }
  @media (prefers-color-scheme: dark) { .pale { color: #000 } } .wide { width: 500px }</style></head>
  <body><main><h1>Cars</h1><p class="pale">Kia</p><p class="wide">Wide</p>
  <a class="bare" href="/b">Bare</a>
  <a href="/c" id="trap">Trap</a> <a href="/d">Beyond</a>
  <script>
    trap.addEventListener("keydown", (event) => event.preventDefault());
    console.error("broken");
    fetch("http://127.0.0.2:1/elsewhere").catch(() => {});
  </script></main></body></html>`;

/** Serves one page on loopback until it is disposed. */
function servePage(html: string): ScriptedServer {
  return serveAnswers(new Response(html, { headers: { "content-type": "text/html" } }));
}

testInBrowser("the checks find nothing on a page that is right", async (browser) => {
  await using site = servePage(GOOD);
  await using folder = await temporaryFolder();
  const { page, problems } = await browser.open(site.url);

  assert.deepEqual(await findBarriers(page), []);
  assert.deepEqual(await findUnreachable(page), []);
  assert.deepEqual(await takeScreenshots(page, folder.path, "cars"), [
    `${folder.path}/cars-light.png`,
    `${folder.path}/cars-dark.png`,
    `${folder.path}/cars-phone.png`,
    `${folder.path}/cars-print.png`,
  ]);
  assert.deepEqual(await findSidewaysScroll(page), []);
  assert.deepEqual(problems, []);
});

testInBrowser("the checks name what is wrong with a page", async (browser) => {
  await using site = servePage(BAD);
  const { page, problems } = await browser.open(site.url);

  const barriers = await findBarriers(page);
  assert.equal(barriers.length, 1);
  assert.match(barriers[0] ?? "", /^light: color-contrast at \.pale: .* contrast of 1\.6 /);
  assert.deepEqual(await findUnreachable(page), [
    'a "Beyond" is not reached',
    'a "Bare" does not show that it has the focus',
  ]);
  assert.deepEqual(await findSidewaysScroll(page), ["p.wide from 8 to 508 of 360 px"]);
  assert.ok(problems.includes("console error: broken"));
  assert.ok(problems.includes("request to another origin: http://127.0.0.2:1/elsewhere"));
});

testInBrowser("a page without scripts is what the server sent", async (browser) => {
  await using site = servePage(BAD);
  const { page, problems } = await browser.open(site.url, { javaScript: false });

  assert.equal(await page.textContent("h1"), "Cars");
  assert.deepEqual(problems, []);
});

Deno.test("findChromium() takes the named browser before Debian's, and refuses one that is no file", () => {
  const file = Deno.execPath();
  assert.equal(findChromium(file, "/no/chromium"), file);
  assert.equal(findChromium("", file), file);
  assert.equal(findChromium("", "/no/chromium"), null);
  assert.throws(() => findChromium("/no/chromium", file), {
    message:
      'Cannot start the browser of the tests: CHROMIUM names "/no/chromium", which is no file, ' +
      "expected the path of Chromium: correct it, or leave it out for /usr/bin/chromium",
  });
});
