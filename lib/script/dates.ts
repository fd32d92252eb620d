import { ConfigError } from "../config.ts";
import { parseIsoDay } from "../dag/iso_day.ts";

/** The day of "today", "yesterday" or "2026-05-03" in a time zone. Throws `ConfigError`. */
export function parseDay(text: string, timeZone: string): Temporal.PlainDate {
  const today = Temporal.Now.plainDateISO(timeZone);
  if (text === "today") return today;
  if (text === "yesterday") return today.subtract({ days: 1 });
  const day = parseIsoDay(text);
  if (day !== null) return day;
  throw new ConfigError(
    `Cannot use the date "${text}": expected today, yesterday or a day like 2026-05-03`,
  );
}

/**
 * The logical date that a text names, as `parseDay` reads it. Throws `ConfigError`, also for a date of the future:
 * its run would take what is known today for what is known then, and build days that nobody has lived.
 */
export function parseLogicalDate(text: string, timeZone: string): Temporal.PlainDate {
  const date = parseDay(text, timeZone);
  const today = Temporal.Now.plainDateISO(timeZone);
  if (Temporal.PlainDate.compare(date, today) <= 0) return date;
  throw new ConfigError(
    `Cannot use the date ${date}: it is in the future, expected today at most (${today} in ${timeZone})`,
  );
}

/** Every date from one to another, both included. Throws `ConfigError` when they are the wrong way round. */
export function listDates(from: Temporal.PlainDate, to: Temporal.PlainDate): Temporal.PlainDate[] {
  const days = from.until(to).days;
  if (days < 0) {
    throw new ConfigError(
      `Cannot use the dates from ${from} to ${to}: the first is later, expected an earlier one`,
    );
  }
  return Array.from({ length: days + 1 }, (_, i) => from.add({ days: i }));
}

/** Either one date or a range of them. */
export interface DateFlags {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The dates of `--date`, or of `--from` and `--to`; today without any. Throws `ConfigError`. */
export function chooseDates(flags: DateFlags, timeZone: string): Temporal.PlainDate[] {
  if (flags.from === undefined) {
    if (flags.to !== undefined) {
      throw new ConfigError("Cannot use --to alone: expected --from with it, or --date");
    }
    return [parseLogicalDate(flags.date ?? "today", timeZone)];
  }
  if (flags.date !== undefined) {
    throw new ConfigError("Cannot use --date beside --from: expected one of them");
  }
  return listDates(
    parseLogicalDate(flags.from, timeZone),
    parseLogicalDate(flags.to ?? "today", timeZone),
  );
}
