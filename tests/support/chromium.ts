import { type Browser, chromium } from "playwright-core";

/** Names the browser of the tests where it is not Debian's. */
const CHROMIUM_VARIABLE = "CHROMIUM";

/** Where Debian's package chromium puts it. */
const DEBIAN_CHROMIUM = "/usr/bin/chromium";

/** What to do on a machine without one. */
export const HOW_TO_GET_CHROMIUM =
  `this machine has no ${DEBIAN_CHROMIUM}; install it (apt-get install chromium), ` +
  `or name a Chromium in ${CHROMIUM_VARIABLE}`;

const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/**
 * The browser for the tests: the one that CHROMIUM names, otherwise Debian's; null when there is none. Throws
 * when CHROMIUM names none, as a typing error must not skip tests silently.
 */
export function findChromium(
  named = Deno.env.get(CHROMIUM_VARIABLE) ?? "",
  usual = DEBIAN_CHROMIUM,
): string | null {
  if (named === "") return isFile(usual) ? usual : null;
  if (isFile(named)) return named;
  throw new Error(
    `Cannot start the browser of the tests: ${CHROMIUM_VARIABLE} names "${named}", which is no file, ` +
      "expected the path of Chromium: correct it, or leave it out for " + DEBIAN_CHROMIUM,
  );
}

/** Starts a browser; close it. Throws when there is none. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) {
    throw new Error(`Cannot start a browser: ${HOW_TO_GET_CHROMIUM}`);
  }
  return await chromium.launch({ executablePath, args: FLAGS });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
