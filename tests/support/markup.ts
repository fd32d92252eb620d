import type { Markup } from "../../lib/dashboard/page/page.ts";
import { createFormat } from "../../lib/dashboard/words/format.ts";

/** English numbers, euros, times in Berlin. */
export const FORMAT = createFormat({
  language: "en",
  timeZone: "Europe/Berlin",
  currency: "EUR",
});

/** The markup with a line for each element, so that a difference is seen. */
export async function render(markup: Markup | string): Promise<string> {
  return String(await markup).replaceAll(/ +(\/?>)/g, "$1").replaceAll("><", ">\n<");
}

/** The elements among the lines whose tag is one of these. */
export function elementsOf(text: string, ...tags: readonly string[]): string[] {
  return text.split("\n").filter((line) => tags.some((tag) => line.startsWith(`<${tag} `)));
}
