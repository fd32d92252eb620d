import type { ISql } from "postgres";
import type { Notice } from "./page/notice.ts";
import type { Language } from "./page/page.ts";
import type { Reading } from "./reading.ts";
import { siteWords } from "./words/site_words.ts";

/** What the notices of a page depend on. */
export interface NoticeGiven {
  readonly language: Language;
  readonly timeZone: string;
  readonly freshnessHours: number;
}

/** What is wrong with the role of a page: null where it reads as it should. */
export function describeRole(
  { role: { name, login, problem } }: Reading,
  language: Language,
): Notice | null {
  if (problem === null) return null;
  const words = siteWords[language];
  const text = problem === "missing" ? words.roleMissing(name) : words.roleNotGranted(name, login);
  return { level: "warning", kind: "role", subject: name, tables: [], text };
}

/** All that is wrong with the data now. */
export function readNotices(_sql: ISql, _given: NoticeGiven): Promise<readonly Notice[]> {
  return Promise.resolve([]);
}

/** Those of `notices` that touch what a file below sql/ reads. */
export function noticesOf(
  notices: readonly Notice[],
  _sqlFile: string,
): Promise<readonly Notice[]> {
  return Promise.resolve(notices);
}
