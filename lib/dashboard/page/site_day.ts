import { parseIsoDay } from "../../dag/iso_day.ts";

/** Pages compare with periods a year earlier, and none of them may begin before there are days. */
const FIRST_YEAR = 1000;

/** The day that an address names, like "2026-05-03"; null where it is none, or one before the year 1000. */
export function parseSiteDay(text: string): Temporal.PlainDate | null {
  const day = parseIsoDay(text);
  return day === null || day.year < FIRST_YEAR ? null : day;
}
