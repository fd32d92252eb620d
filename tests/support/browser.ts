import type { Browser } from "playwright-core";
import { findChromium, launchBrowser } from "./chromium.ts";
import { type OpenPage, openPage, type View } from "./open_page.ts";

/** Opens pages in a context of one test, so that cookies of one test are unknown to the next. */
export interface TestBrowser {
  open(url: string | URL, view?: View): Promise<OpenPage>;
}

/** Whether tests can have a browser; without one they count as skipped. */
export const browserAvailable: boolean = findChromium() !== null;

/** One process for all tests of a file, as each takes two seconds to start. */
let shared: Promise<Browser> | null = null;

Deno.test.afterAll(async () => {
  await (await shared)?.close();
  shared = null;
});

/** Registers a test that looks at pages in Chromium; it counts as skipped where there is none. */
export function testInBrowser(name: string, body: (browser: TestBrowser) => Promise<void>): void {
  Deno.test({
    name: `${name} (browser)`,
    ignore: !browserAvailable,
    fn: () => withBrowser(body),
  });
}

/** Runs `body` with the browser of this file and closes the pages that it opened. */
export async function withBrowser<T>(body: (browser: TestBrowser) => Promise<T>): Promise<T> {
  const browser = await (shared ??= launchBrowser());
  await using contexts = new AsyncDisposableStack();
  return await body({
    async open(url, view = {}) {
      const opened = await openPage(browser, url, view);
      contexts.defer(() => opened.page.context().close());
      return opened;
    },
  });
}
