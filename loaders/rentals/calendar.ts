import ICAL from "ical.js";

/** An all-day event that describes a rental. */
export interface CalendarRental {
  /** Position in the calendar, from 1. */
  readonly number: number;
  readonly uid: string;
  readonly summary: string;
  /** Empty when there is none. */
  readonly description: string;
  readonly start: Temporal.PlainDate;
  /** The day after the last one, as the calendar has it: the day on which the car comes back. */
  readonly end: Temporal.PlainDate;
  readonly isCancelled: boolean;
}

/** Why an event is no rental; says nothing of what is in it, which may name people. */
export interface CalendarProblem {
  readonly number: number;
  readonly reason: string;
}

/** What a calendar holds. */
export interface Calendar {
  readonly rentals: readonly CalendarRental[];
  readonly problems: readonly CalendarProblem[];
}

/** A text that is no calendar at all; the message quotes nothing of it. */
export class NotACalendarError extends Error {
  override readonly name = "NotACalendarError";
}

/** Reads iCalendar (RFC 5545). Events that are no rental are listed; throws `NotACalendarError`. */
export function readCalendar(text: string): Calendar {
  const rentals: CalendarRental[] = [];
  const problems: CalendarProblem[] = [];
  const numberByUid = new Map<string, number>();
  for (const [i, event] of eventsOf(text).entries()) {
    const number = i + 1;
    const read = readEvent(event, number);
    const twin = typeof read === "string" ? undefined : numberByUid.get(read.uid);
    if (typeof read === "string") problems.push({ number, reason: read });
    else if (twin !== undefined) {
      problems.push({
        number,
        reason: `its UID is that of event ${twin}, expected one of its own`,
      });
    } else {
      rentals.push(read);
      numberByUid.set(read.uid, number);
    }
  }
  return { rentals, problems };
}

function eventsOf(text: string): ICAL.Component[] {
  const parsed = parse(text.replace(/^\uFEFF/, ""));
  // One calendar comes as it is, several come as a list of them.
  const roots = Array.isArray(parsed) && Array.isArray(parsed[0]) ? parsed : [parsed];
  const calendars = roots.filter((root) => Array.isArray(root) && root[0] === "vcalendar");
  if (calendars.length === 0) throw new NotACalendarError("it holds no VCALENDAR");
  return calendars.flatMap((root) => new ICAL.Component(root).getAllSubcomponents("vevent"));
}

function parse(text: string): unknown {
  try {
    return ICAL.parse(text);
  } catch (error) {
    // ParserError, or a TypeError where a line stands outside of everything. Its words quote the line.
    if (!(error instanceof Error)) throw error;
    throw new NotACalendarError("it is not in the iCalendar format");
  }
}

/** The rental, or why it is none. */
function readEvent(event: ICAL.Component, number: number): CalendarRental | string {
  const uid = textOf(event, "uid");
  if (uid === "") return "it has no UID, expected one: repeated imports find their lead by it";
  if (["rrule", "rdate", "recurrence-id"].some((name) => event.hasProperty(name))) {
    return "it repeats, expected one event for each rental";
  }
  const start = dayOf(event, "dtstart");
  if (start === null) return "it has no DTSTART that is a day, expected an all-day event";
  const end = endOf(event, start);
  if (end === null) return "its DTEND or DURATION is not in whole days, expected an all-day event";
  if (Temporal.PlainDate.compare(end, start) <= 0) {
    return "it ends before its first day is over, expected DTEND on a later day than DTSTART";
  }
  return {
    number,
    uid,
    summary: textOf(event, "summary"),
    description: textOf(event, "description"),
    start,
    end,
    isCancelled: textOf(event, "status").toUpperCase() === "CANCELLED",
  };
}

function textOf(event: ICAL.Component, name: string): string {
  const value = rawOf(event, name)?.value;
  return typeof value === "string" ? value.trim() : "";
}

function endOf(event: ICAL.Component, start: Temporal.PlainDate): Temporal.PlainDate | null {
  if (event.hasProperty("dtend")) return dayOf(event, "dtend");
  const duration = rawOf(event, "duration")?.value;
  if (duration === undefined) return start.add({ days: 1 });
  // Days and weeks alone: "P3D", "P1W".
  const isDays = typeof duration === "string" && /^P\d+[DW]$/.test(duration);
  return isDays ? start.add(duration) : null;
}

function dayOf(event: ICAL.Component, name: string): Temporal.PlainDate | null {
  const raw = rawOf(event, name);
  if (raw?.type !== "date" || typeof raw.value !== "string") return null;
  try {
    return Temporal.PlainDate.from(raw.value, { overflow: "reject" });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Type and value as they stand in the calendar: the library's own times turn 31 February into 3 March. */
function rawOf(
  event: ICAL.Component,
  name: string,
): { readonly type: unknown; readonly value: unknown } | null {
  const jCal: unknown = event.getFirstProperty(name)?.toJSON();
  return Array.isArray(jCal) ? { type: jCal[2], value: jCal[3] } : null;
}
