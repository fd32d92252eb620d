import ICAL from "ical.js";
import { type EventTimes, readDays } from "./calendar_days.ts";
import { cutCalendar, type EventText } from "./calendar_text.ts";

/** Which event of a calendar is meant. */
export interface EventPlace {
  /** Position in the calendar, from 1. */
  readonly number: number;
  /** 1-based line of the file on which it begins. */
  readonly line: number;
  readonly summary: string;
}

/** An all-day event that describes a rental. */
export interface CalendarRental extends EventPlace {
  readonly uid: string;
  /** Empty when there is none. */
  readonly description: string;
  readonly start: Temporal.PlainDate;
  /** The day after the last one, as the calendar has it: the day on which the car comes back. */
  readonly end: Temporal.PlainDate;
  readonly isCancelled: boolean;
}

/** A cancelled event that says little more than its UID: the rental is what an earlier import made of it. */
export interface CalendarCancellation extends EventPlace {
  readonly uid: string;
}

/** Something to be said of an event. */
export interface CalendarProblem extends EventPlace {
  readonly reason: string;
}

/** What a calendar holds. */
export interface Calendar {
  readonly rentals: readonly CalendarRental[];
  readonly cancellations: readonly CalendarCancellation[];
  readonly problems: readonly CalendarProblem[];
}

/**
 * Reads iCalendar (RFC 5545); midnights of UTC are taken for those of `timeZone` where they are. Events that are
 * no rental are listed. Throws `NotACalendarError` and `NotUtf8Error`.
 */
export function readCalendar(input: string | Uint8Array, timeZone = "UTC"): Calendar {
  const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
  const { events, isWhole } = cutCalendar(bytes);
  const rentals: CalendarRental[] = [];
  const cancellations: CalendarCancellation[] = [];
  const problems: CalendarProblem[] = [];
  const numberByUid = new Map<string, number>();
  for (const [i, text] of events.entries()) {
    const read = readEvent(text, i + 1, timeZone);
    const twin = "uid" in read ? numberByUid.get(read.uid) : undefined;
    if ("reason" in read) problems.push(read);
    else if (twin !== undefined) {
      const reason = `its UID is that of event ${twin}, expected one of its own`;
      problems.push({ ...placeOf(read), reason });
    } else {
      if ("start" in read) rentals.push(read);
      else cancellations.push(read);
      numberByUid.set(read.uid, read.number);
    }
  }
  const last = problems.at(-1);
  if (!isWhole && last?.number !== events.length) {
    problems.push({
      ...lastPlace(events),
      reason: "the calendar ends after it without END:VCALENDAR",
    });
  }
  return { rentals, cancellations, problems };
}

/** The place of an event without the rest of it. */
export function placeOf({ number, line, summary }: EventPlace): EventPlace {
  return { number, line, summary };
}

function lastPlace(events: readonly EventText[]): EventPlace {
  return { number: events.length, line: events.at(-1)?.line ?? 1, summary: "" };
}

type ReadEvent = CalendarRental | CalendarCancellation | CalendarProblem;

function readEvent(text: EventText, number: number, timeZone: string): ReadEvent {
  const { line } = text;
  const broken = findBroken(text);
  if (broken !== null) return { number, line, summary: "", reason: broken };
  const event = parse(text);
  if (event === null) {
    return { number, line, summary: "", reason: "it is not in the iCalendar format" };
  }
  const place = { number, line, summary: textOf(event, "summary") };
  const uid = textOf(event, "uid");
  if (uid === "") {
    const reason = "it has no UID, expected one: repeated imports find their lead by it";
    return { ...place, reason };
  }
  if (["rrule", "rdate", "recurrence-id"].some((name) => event.hasProperty(name))) {
    return { ...place, reason: "it repeats, expected one event for each rental" };
  }
  const isCancelled = textOf(event, "status").toUpperCase() === "CANCELLED" ||
    text.method === "CANCEL";
  const days = readDays(timesOf(text), timeZone);
  if (typeof days !== "string") {
    const description = textOf(event, "description") || textOf(event, "x-alt-desc");
    return { ...place, uid, description, ...days, isCancelled };
  }
  return isCancelled ? { ...place, uid } : { ...place, reason: days };
}

/** Why an event cannot be read; null when it may be. */
function findBroken({ lines, isWhole }: EventText): string | null {
  if (!isWhole) return "it has no END:VEVENT: the calendar was cut off or put together wrongly";
  const odd = lines.find(({ text }) => !/^[A-Z0-9-]+[;:]/i.test(text));
  return odd ? `its line ${odd.line} is not in the iCalendar format` : null;
}

/** Null when the library does not take it; its words quote the line. */
function parse({ lines }: EventText): ICAL.Component | null {
  try {
    return new ICAL.Component(ICAL.parse(lines.map(({ text }) => text).join("\r\n")));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return null;
  }
}

function textOf(event: ICAL.Component, name: string): string {
  const jCal: unknown = event.getFirstProperty(name)?.toJSON();
  const value: unknown = Array.isArray(jCal) ? jCal[3] : null;
  return typeof value === "string" ? value.trim() : "";
}

/** As they stand in the calendar: the library's own times turn 31 February into 3 March. */
function timesOf({ lines }: EventText): EventTimes {
  // Those of an alarm within the event are not the event's.
  const alarm = lines.findIndex(({ text }, i) => i > 0 && /^BEGIN:/i.test(text));
  const own = alarm === -1 ? lines : [
    ...lines.slice(0, alarm),
    ...lines.slice(lines.findLastIndex(({ text }) => /^END:(?!VEVENT)/i.test(text)) + 1),
  ];
  const valueOf = (name: string) => {
    const pattern = new RegExp(`^${name}(?:;(?:"[^"]*"|[^":])*)?:(.*)$`, "i");
    return own.map(({ text }) => pattern.exec(text)?.[1]).find((value) => value !== undefined) ??
      null;
  };
  return { start: valueOf("DTSTART"), end: valueOf("DTEND"), duration: valueOf("DURATION") };
}
