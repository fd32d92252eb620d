// Pictures of pages to be looked at one by one: light, dark, on a phone, printed. The site runs already.
//
//     deno run -A tests/screenshots.ts --url http://127.0.0.1:8600 --out /tmp/look / /fleet "/money?lang=ru"
//
// What the checks of tests/support/page_checks.ts find on a page stands below the names of its pictures.
import { createCommand } from "../lib/script/command.ts";
import { launchBrowser } from "./support/chromium.ts";
import { openPage } from "./support/open_page.ts";
import {
  findBarriers,
  findSidewaysScroll,
  findUnreachable,
  takeScreenshots,
} from "./support/page_checks.ts";

/** Every page that needs no record to be named. */
const PAGES = ["/", "/calendar", "/fleet", "/money", "/funnel", "/clients", "/runs", "/data"];

interface Flags {
  readonly url: string;
  readonly out: string;
}

async function main(args: readonly string[]): Promise<void> {
  const command = createCommand("screenshots", "Takes pictures of pages, to be looked at", [
    "deno run -A tests/screenshots.ts --url http://127.0.0.1:8600 --out /tmp/look /fleet",
  ])
    .argument("[pages...]", "paths with their query (default: those of the navigation)")
    .requiredOption("--url <address>", "where the site is served")
    .requiredOption("--out <folder>", "where the pictures go")
    .parse(args, { from: "user" });
  const { url, out } = command.opts<Flags>();
  await Deno.mkdir(out, { recursive: true });
  const browser = await launchBrowser();
  for (const path of command.args.length > 0 ? command.args : PAGES) {
    const { page, problems } = await openPage(browser, new URL(path, url));
    const pictures = await takeScreenshots(page, out, nameOf(path));
    const found = [
      ...await findBarriers(page),
      ...await findUnreachable(page),
      ...await findSidewaysScroll(page),
      ...problems,
    ];
    console.log([path, ...pictures, ...found].join("\n  "));
    await page.context().close();
  }
  await browser.close();
}

/** A file name, e.g. "money-lang-ru" for "/money?lang=ru". */
function nameOf(path: string): string {
  return path.replaceAll(/[^a-zA-Z0-9]+/g, "-").replaceAll(/^-|-$/g, "") || "today";
}

if (import.meta.main) await main(Deno.args);
