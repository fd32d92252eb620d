import { remembered } from "./remembered.ts";
import { NOTHING, type Parsed } from "./values.ts";

/** The two time zones that a `date` field goes through. */
export interface TimeZones {
  /** In which the CRM stores a `date` as midnight. */
  readonly account: string;
  /** In which the warehouse counts days. */
  readonly business: string;
}

const NOT_A_TIME = { reason: "not a date or time" } as const;
const PLAIN_DATE = /^\d{4}-\d{2}-\d{2}$/;
// Temporal alone would also take forms with a bracketed zone, or without seconds.
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const MAX_SECONDS = 253_402_214_400;
const DAY_SECONDS = 86_400;
const WHOLE_SECONDS = /^-?\d{1,15}$/;

/** Unix seconds of a record's own time, e.g. `created_at`, as an ISO instant. */
export function parseSeconds(value: unknown): Parsed<string> {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value !== "number" || !Number.isSafeInteger(value)) return NOT_A_TIME;
  if (!isStorable(value * 1000)) return NOT_A_TIME;
  // Written as Temporal writes whole seconds, in a hundredth of the time; every record has two or three.
  const day = Math.floor(value / DAY_SECONDS);
  return { value: `${beginOfDay(day)}${timeOfDay(value - day * DAY_SECONDS)}Z` };
}

/** Of the days since 1970 the beginning of an instant, "2026-05-04T". */
const beginOfDay = remembered((day: number) =>
  new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, -"00:00:00.000Z".length)
);

/** "08:05:09" */
function timeOfDay(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${
    twoDigits(seconds % 60)
  }`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/**
 * A date or a moment as an ISO instant.
 *
 * A `date` or `birthday` field means a calendar day (see `parseDay`): it becomes midnight of that day in the
 * business time zone. Any other field keeps its instant. A plain "2026-05-03" is that day, whatever the field.
 */
export function parseMoment(value: unknown, fieldType: string, zones: TimeZones): Parsed<string> {
  if (isDayType(fieldType) || isPlainDate(value)) {
    const day = parseDay(value, fieldType, zones);
    if ("reason" in day || day.value === null) return day;
    const midnight = midnightsIn(zones.business)(day.value);
    return midnight === "" ? NOT_A_TIME : { value: midnight };
  }
  const instant = toInstant(value, fieldType);
  if (instant === "empty") return NOTHING;
  return instant ? { value: instant.toString() } : NOT_A_TIME;
}

/**
 * The calendar day, "2026-05-03", that a value means: of a `date` or `birthday` given as text the day that the text
 * says, whatever its offset (that of a zone long ago is rounded to minutes); of seconds, that in the account's time zone.
 */
export function parseDay(value: unknown, fieldType: string, zones: TimeZones): Parsed<string> {
  if (isPlainDate(value)) {
    const day = toPlainDate(value.trim());
    return day ? { value: day } : NOT_A_TIME;
  }
  if (typeof value === "number") return parseDayOfSeconds(value, zones);
  const instant = toInstant(value, fieldType);
  if (instant === "empty") return NOTHING;
  if (!instant) return NOT_A_TIME;
  if (isDayType(fieldType) && typeof value === "string" && RFC_3339.test(value.trim())) {
    return { value: value.trim().slice(0, 10) };
  }
  return { value: daysIn(zones.account)(instant.epochMilliseconds) };
}

function parseDayOfSeconds(seconds: number, { account }: TimeZones): Parsed<string> {
  if (!Number.isSafeInteger(seconds) || !isStorable(seconds * 1000)) return NOT_A_TIME;
  return { value: daysIn(account)(seconds * 1000) };
}

// Time zones make these two the dearest part of a record, and the same days come again and again.

/** Of a time zone: of milliseconds since 1970 the day, "2026-05-04". */
const daysIn = remembered((zone: string) =>
  remembered((ms: number) => {
    const instant = Temporal.Instant.fromEpochMilliseconds(ms);
    return instant.toZonedDateTimeISO(zone).toPlainDate().toString();
  })
);

/** Of a time zone: of a day the ISO instant at which it begins; empty when PostgreSQL cannot keep it. */
const midnightsIn = remembered((zone: string) =>
  remembered((day: string) => {
    const midnight = Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant();
    return isStorable(midnight.epochMilliseconds) ? midnight.toString() : "";
  })
);

function isDayType(fieldType: string): boolean {
  return fieldType === "date" || fieldType === "birthday";
}

function isPlainDate(value: unknown): value is string {
  return typeof value === "string" && PLAIN_DATE.test(value.trim());
}

function toInstant(value: unknown, fieldType: string): Temporal.Instant | "empty" | null {
  if (value === null) return "empty";
  if (typeof value === "number") return fromSeconds(value);
  if (typeof value !== "string") return null;
  const text = value.trim();
  if (text === "") return "empty";
  // Digits in a text field are more likely "20260503" than seconds.
  const isTimeField = isDayType(fieldType) || fieldType === "date_time";
  if (isTimeField && WHOLE_SECONDS.test(text)) return fromSeconds(Number(text));
  return RFC_3339.test(text) ? fromText(text) : null;
}

function fromSeconds(seconds: number): Temporal.Instant | null {
  const ms = seconds * 1000;
  return Number.isSafeInteger(seconds) && isStorable(ms)
    ? Temporal.Instant.fromEpochMilliseconds(ms)
    : null;
}

function fromText(text: string): Temporal.Instant | null {
  try {
    // PostgreSQL keeps microseconds and would round a finer time, possibly into the next day.
    const instant = Temporal.Instant.from(text)
      .round({ smallestUnit: "microsecond", roundingMode: "floor" });
    return isStorable(instant.epochMilliseconds) ? instant : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

// Years 1 to 9999: what both Temporal and PostgreSQL write with four digits, a day of margin for zones.
function isStorable(ms: number): boolean {
  return ms >= -62_135_510_400_000 && ms <= MAX_SECONDS * 1000;
}

function toPlainDate(text: string): string | null {
  try {
    const date = Temporal.PlainDate.from(text, { overflow: "reject" });
    return date.year >= 1 ? date.toString() : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
