import type { Browser, Page } from "playwright-core";

/** How a page is looked at. */
export interface View {
  /** BCP 47, what the browser asks for. */
  readonly locale?: string;
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** Whether scripts run; true unless given. Without them nothing can be evaluated in the page. */
  readonly javaScript?: boolean;
}

/** A page of the site under test, with what went wrong in it. */
export interface OpenPage {
  readonly page: Page;
  /** Errors of the console, of scripts, of what it loads, and requests to other origins; empty is right. */
  readonly problems: readonly string[];
}

/** Phones of the smallest width that is still sold. */
export const PHONE = { width: 360, height: 740 } as const;

/** What a laptop shows. */
export const DESKTOP = { width: 1280, height: 900 } as const;

function toContextOptions(view: View) {
  return {
    locale: view.locale ?? "en-GB",
    colorScheme: view.colorScheme ?? "light",
    viewport: { width: view.width ?? DESKTOP.width, height: view.height ?? DESKTOP.height },
    javaScriptEnabled: view.javaScript ?? true,
    reducedMotion: "reduce",
  } as const;
}

/** Goes from one address to the next, which takes half of what a page in a new context does, and looks as at first. */
export async function turnTo({ page }: OpenPage, address: string): Promise<void> {
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
  await page.setViewportSize(DESKTOP);
  await page.goto(address, { waitUntil: "load", timeout: 120_000 });
}

/** Opens a page in a context of its own; close `page.context()` afterwards. */
export async function openPage(
  browser: Browser,
  address: string | URL,
  view: View = {},
): Promise<OpenPage> {
  const url = new URL(address);
  const context = await browser.newContext(toContextOptions(view));
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      problems.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => void problems.push(`script: ${error.message}`));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== url.origin && protocol !== "data:") {
      problems.push(`request to another origin: ${request.url()}`);
    }
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "unknown";
    // The browser gives up what a page still loads when the page is left.
    if (reason !== "net::ERR_ABORTED") {
      problems.push(`request failed: ${request.url()}, ${reason}`);
    }
  });
  // How long it takes says something of the machine alone, which other tests keep busy.
  await page.goto(url.href, { waitUntil: "load", timeout: 120_000 });
  return { page, problems };
}
