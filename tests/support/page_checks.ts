import axe from "axe-core";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { z } from "zod";
import { DESKTOP, PHONE } from "./open_page.ts";
import listFocusable from "./in_page/list_focusable.js" with { type: "text" };
import listScrollingTables from "./in_page/list_scrolling_tables.js" with { type: "text" };
import listWideElements from "./in_page/list_wide_elements.js" with { type: "text" };
import axeRun from "./in_page/run_axe.js" with { type: "text" };
import watchFocus from "./in_page/watch_focus.js" with { type: "text" };

/** The rules of WCAG 2.2 A and AA, and what axe-core holds for good practice beyond them. */
const RULES = [
  ...["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"],
  "best-practice",
];

/** Those of them that look at colours, all that is another one in the dark. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** A4 at 96 dots an inch. */
const PAPER = { width: 794, height: 1123 };

const lines = z.array(z.string());

/** What axe-core finds, dark and light: a line for each element and rule. The page is light afterwards. */
export async function findBarriers(page: Page): Promise<string[]> {
  // By the debugger's protocol, which a page's content security policy does not bind.
  await page.evaluate(axe.source);
  const found: string[] = [];
  const rules = {
    dark: { type: "rule", values: COLOUR_RULES },
    light: { type: "tag", values: RULES },
  } as const;
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    const barriers = lines.parse(await runInPage(page, axeRun, rules[colorScheme]));
    found.push(...barriers.map((line) => `${colorScheme}: ${line}`));
  }
  return found;
}

/** The elements that make a page scroll sideways on a phone. The page has a phone's width afterwards. */
export async function findSidewaysScroll(page: Page): Promise<string[]> {
  await page.setViewportSize(PHONE);
  return lines.parse(await runInPage(page, listWideElements));
}

/** The tables that a desktop shows a part of, but for those that are folded. The page has a desktop's width afterwards. */
export async function findCutTables(page: Page): Promise<string[]> {
  await page.setViewportSize(DESKTOP);
  return lines.parse(await runInPage(page, listScrollingTables));
}

/** The elements that are wider than a sheet of paper. The page is one of paper afterwards. */
export async function findWiderThanPaper(page: Page): Promise<string[]> {
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize(PAPER);
  return lines.parse(await runInPage(page, listWideElements));
}

/** What can have the focus and is not reached by the Tab key, or does not show that it has the focus. */
export async function findUnreachable(page: Page): Promise<string[]> {
  await runInPage(page, watchFocus);
  const stops = z.int().parse(await runInPage(page, listFocusable, false));
  // One more than there are, as the first may be a link that appears only with the focus.
  await pressTab(page, stops + 1);
  return lines.parse(await runInPage(page, listFocusable, true));
}

/** Presses the Tab key so often, one after the other, without waiting each time until the page is drawn anew. */
async function pressTab(page: Page, times: number): Promise<void> {
  const keyboard = await page.context().newCDPSession(page);
  const key = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 };
  await Promise.all(
    Array.from(
      { length: times },
      () => keyboard.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key }),
    ),
  );
  await keyboard.detach();
}

/** What the parts of a page below its head show, and then what they hold, behind summaries too. */
export async function listTexts(page: Page): Promise<string[]> {
  const parts = page.locator("main > :not(.page-head)");
  const texts = [...await parts.allInnerTexts(), ...await parts.allTextContents()];
  if (texts.length === 0) {
    throw new Error(`Cannot read ${page.url()}: it has nothing in its main part`);
  }
  return texts;
}

/** Writes `<name>-light.png`, `-dark`, `-phone` and `-print` of the whole page, and returns their paths. */
export async function takeScreenshots(page: Page, folder: string, name: string): Promise<string[]> {
  const desktop = page.viewportSize() ?? PHONE;
  const looks = {
    light: { media: "screen", colorScheme: "light", size: desktop },
    dark: { media: "screen", colorScheme: "dark", size: desktop },
    phone: { media: "screen", colorScheme: "light", size: PHONE },
    print: { media: "print", colorScheme: "light", size: PAPER },
  } as const;
  const paths: string[] = [];
  for (const [look, { media, colorScheme, size }] of Object.entries(looks)) {
    await page.emulateMedia({ media, colorScheme });
    await page.setViewportSize(size);
    const path = join(folder, `${name}-${look}.png`);
    await page.screenshot({ path, fullPage: true });
    paths.push(path);
  }
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
  await page.setViewportSize(desktop);
  return paths;
}

/** Calls a function of in_page/, which stands there as text because it knows the page's types and not ours. */
async function runInPage(page: Page, source: string, argument?: unknown): Promise<unknown> {
  const call = source.replace(/;\s*$/, "");
  return await page.evaluate(`(${call}\n)(${JSON.stringify(argument)})`);
}
