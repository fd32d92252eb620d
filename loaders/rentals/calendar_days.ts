/** The days of a rental: the first one, and the one on which the car comes back. */
export interface RentalSpan {
  readonly start: Temporal.PlainDate;
  readonly end: Temporal.PlainDate;
}

/** The values of DTSTART, DTEND and DURATION as they stand in an event; null where there is none. */
export interface EventTimes {
  readonly start: string | null;
  readonly end: string | null;
  readonly duration: string | null;
}

/**
 * The days of an all-day event, or why it is none.
 *
 * Programs write such an event as days, or from midnight to midnight (or to 23:59), in a zone of its own or in
 * UTC, where midnight of `timeZone` counts; its end may be left out, or be the day on which it begins.
 */
export function readDays(times: EventTimes, timeZone: string): RentalSpan | string {
  if (times.start === null) return "it has no DTSTART, expected an all-day event";
  const start = toDay(times.start, timeZone, "start");
  if (start === null) {
    return `its DTSTART "${shorten(times.start)}" is not a day, expected an all-day event`;
  }
  const end = endOf(times, start, timeZone);
  if (typeof end === "string") return end;
  const order = Temporal.PlainDate.compare(end, start);
  if (order < 0) return "it ends before it begins, expected DTEND on a later day than DTSTART";
  return { start, end: order === 0 ? start.add({ days: 1 }) : end };
}

function endOf(
  { end, duration }: EventTimes,
  start: Temporal.PlainDate,
  timeZone: string,
): Temporal.PlainDate | string {
  if (end !== null) {
    return toDay(end, timeZone, "end") ??
      `its DTEND "${shorten(end)}" is not a day, expected an all-day event`;
  }
  if (duration === null) return start.add({ days: 1 });
  const days = toDays(duration);
  return days === null
    ? `its DURATION "${shorten(duration)}" is not in whole days, expected an all-day event`
    : start.add({ days });
}

const TIME = /^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2})(?::?(\d{2})(?:\.\d+)?)?(Z)?)?$/i;

/** The day that a value means: its midnight, or the end of the day before. Null for any other hour. */
function toDay(
  text: string,
  timeZone: string,
  side: "start" | "end",
): Temporal.PlainDate | null {
  const [, year, month, day, hour = "00", minute = "00", second = "00", utc] =
    TIME.exec(text.trim()) ?? [];
  try {
    const local = Temporal.PlainDateTime.from(
      `${year}-${month}-${day}T${hour}:${minute}:${second}`,
      { overflow: "reject" },
    );
    const zoned = utc === undefined
      ? local
      : local.toZonedDateTime("UTC").withTimeZone(timeZone).toPlainDateTime();
    // Programs without zones write days as midnights of UTC.
    return toMidnight(zoned, side) ?? toMidnight(local, side);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function toMidnight(
  time: Temporal.PlainDateTime,
  side: "start" | "end",
): Temporal.PlainDate | null {
  const day = time.toPlainDate();
  if (time.hour === 0 && time.minute === 0 && time.second === 0) return day;
  const isLastMinute = time.hour === 23 && time.minute === 59;
  return side === "end" && isLastMinute ? day.add({ days: 1 }) : null;
}

const DURATION = /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i;
const DAY_S = 86_400;

/** Whole days, in whatever units they are given; what lacks a minute is whole. Null for anything else. */
function toDays(duration: string): number | null {
  const parts = DURATION.exec(duration.trim())?.slice(1);
  if (parts === undefined || parts.every((part) => part === undefined)) return null;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .map((part) => Number(part ?? 0));
  const total = (weeks * 7 + days) * DAY_S + hours * 3600 + minutes * 60 + seconds;
  const count = Math.ceil(total / DAY_S);
  return count * DAY_S - total <= 60 ? count : null;
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
