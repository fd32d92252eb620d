import type { PageRequest } from "../page/page.ts";
import { createFormat, type Format } from "../words/format.ts";
import { type Words, wordsOf } from "../words/words.ts";

/** What components ask of the request for their page: a `PageRequest` is one. */
export type View = Pick<PageRequest, "path" | "state" | "settings">;

export function formatOf({ state, settings }: View): Format {
  const { timeZone, currency } = settings;
  return createFormat({ language: state.language, timeZone, currency });
}

export function wordsOfView({ state }: View): Words {
  return wordsOf(state.language);
}
