import { ConfigError } from "../config.ts";

const LOCAL = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?$/;

/**
 * The moment that a text names: "2026-05-03 10:00" or "2026-05-03" (its first moment) in a time zone, or an instant
 * with its own offset, "2026-05-03T10:00:00+04:00". Throws `ConfigError`.
 */
export function parseMoment(text: string, timeZone: string): Temporal.Instant {
  try {
    const moment = LOCAL.test(text)
      ? Temporal.PlainDateTime.from(text.replace(" ", "T"), { overflow: "reject" })
        .toZonedDateTime(timeZone).toInstant()
      : Temporal.Instant.from(text);
    if (hasPlainYear(moment, timeZone)) return moment;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new ConfigError(
    `Cannot use the moment "${text}": expected one like 2026-05-03, "2026-05-03 10:00" or ` +
      "2026-05-03T10:00:00+04:00",
  );
}

/** Days, months and years around a day are reckoned too, and none of them may begin before there are days. */
export const FIRST_YEAR = 1000;

/** Days and months around the moment are reckoned too, and asked of a database by four digits of a year. */
function hasPlainYear(moment: Temporal.Instant, timeZone: string): boolean {
  const { year } = moment.toZonedDateTimeISO(timeZone);
  return year >= FIRST_YEAR && year < 9999;
}
