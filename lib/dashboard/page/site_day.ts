import { parseIsoDay } from "../../dag/iso_day.ts";
import { FIRST_YEAR } from "../../history/moment.ts";

/** The day that an address names, like "2026-05-03"; null where it is none, or one before the year 1000. */
export function parseSiteDay(text: string): Temporal.PlainDate | null {
  const day = parseIsoDay(text);
  return day === null || day.year < FIRST_YEAR ? null : day;
}
