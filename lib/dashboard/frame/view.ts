import type { Language, PageRequest, SiteSettings } from "../page/page.ts";
import { createFormat, type Format } from "../words/format.ts";
import { type Words, wordsOf } from "../words/words.ts";

/** What components ask of the request for their page: a `PageRequest` is one. */
export type View = Pick<PageRequest, "path" | "state" | "settings">;

export function formatOf({ state, settings }: View): Format {
  return siteFormat({ language: state.language, settings });
}

/** How the site writes in a language. */
export function siteFormat(
  { language, settings: { timeZone, currency } }: {
    readonly language: Language;
    readonly settings: SiteSettings;
  },
): Format {
  return createFormat({ language, timeZone, currency });
}

export function wordsOfView({ state }: View): Words {
  return wordsOf(state.language);
}
