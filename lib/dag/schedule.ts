import { Cron } from "croner";

/** The moment at which a run of a date may begin. */
export interface Slot {
  /** The run's logical date. */
  readonly date: Temporal.PlainDate;
  readonly at: Temporal.Instant;
}

/** When a DAG runs: at one local time, on every day or on those that a cron pattern picks. */
export interface Schedule {
  /** As it was written. */
  readonly text: string;
  /** The slots from one day to another, both included, oldest first. */
  slots(from: Temporal.PlainDate, to: Temporal.PlainDate): readonly Slot[];
  /** The first slot after a moment. */
  next(after: Temporal.Instant): Slot;
}

/** A schedule is not what it should be; the message says what was expected. */
export class ScheduleError extends Error {
  override readonly name = "ScheduleError";
}

/** What a schedule has to look like, for messages. */
export const EXPECTED_SCHEDULE =
  'HH:MM or five cron fields with one minute and one hour, like "30 4 * * 1-5"';

/**
 * Reads "HH:MM" (every day) or five cron fields (weekdays 0 and 7 are Sunday), local in `timeZone`.
 *
 * One run a day is the most there can be, since a run is known by its date: so minute and hour must be plain
 * numbers. A time that happens twice on a day counts once, the first time; one that does not happen counts
 * at the next minute that does. Throws `ScheduleError`, also when no day ever fits (31 February).
 */
export function parseSchedule(text: string, timeZone: string): Schedule {
  const days = parsePattern(text);
  const toSlot = (day: Date): Slot => {
    const time = Temporal.Instant.fromEpochMilliseconds(day.getTime()).toZonedDateTimeISO("UTC")
      .toPlainDateTime();
    return { date: time.toPlainDate(), at: firstMomentAt(time, timeZone) };
  };
  const slots = (from: Temporal.PlainDate, to: Temporal.PlainDate) => {
    const found: Slot[] = [];
    const end = dayStart(to.add({ days: 1 }));
    // croner looks for runs after the given second.
    let day = days.nextRun(new Date(dayStart(from).getTime() - 1000));
    for (; day && day < end; day = days.nextRun(day)) found.push(toSlot(day));
    return found;
  };
  return {
    text,
    slots,
    next: (after) => {
      const today = after.toZonedDateTimeISO(timeZone).toPlainDate();
      let day = days.nextRun(new Date(dayStart(today).getTime() - 1000));
      for (; day; day = days.nextRun(day)) {
        const slot = toSlot(day);
        if (Temporal.Instant.compare(slot.at, after) > 0) return slot;
      }
      throw new ScheduleError(`The schedule "${text}" has no run after ${after}`);
    },
  };
}

/** A schedule so many minutes after another one, on the same days: at the latest one minute before midnight. */
export function laterOnItsDay(text: string, minutes: number): string {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  const [cronMinute, cronHour, ...days] = text.trim().split(/\s+/);
  const before = hour === undefined
    ? Number(cronHour) * 60 + Number(cronMinute)
    : Number(hour) * 60 + Number(minute);
  const after = Math.min(before + minutes, 24 * 60 - 1);
  const [newHour, newMinute] = [Math.floor(after / 60), after % 60];
  if (hour === undefined) return [newMinute, newHour, ...days].join(" ");
  return [newHour, newMinute].map((part) => String(part).padStart(2, "0")).join(":");
}

/** A pattern over the calendar alone: its "UTC" times are local ones, without any zone's jumps. */
function parsePattern(text: string): Cron {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  const fields = hour === undefined ? text.trim() : `${minute} ${hour} * * *`;
  // One minute and one hour: "*/5" would ask for many runs of one date.
  if (!/^\d{1,2}\s+\d{1,2}(\s+\S+){3}$/.test(fields)) throw refusal(text);
  const pattern = parseFields(text, fields);
  if (pattern.nextRun() === null) throw refusal(text, "fits no day of the calendar");
  return pattern;
}

function parseFields(text: string, fields: string): Cron {
  try {
    return new Cron(fields, { mode: "5-part", utcOffset: 0, paused: true });
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw refusal(text);
    throw error;
  }
}

function refusal(text: string, found = "is not a schedule"): ScheduleError {
  return new ScheduleError(`"${text}" ${found}: expected ${EXPECTED_SCHEDULE}`);
}

function dayStart(date: Temporal.PlainDate): Date {
  return new Date(date.toZonedDateTime("UTC").epochMilliseconds);
}

/** The first moment at which local clocks show `time`, or that at which they jump over it. */
function firstMomentAt(time: Temporal.PlainDateTime, timeZone: string): Temporal.Instant {
  const first = time.toZonedDateTime(timeZone, { disambiguation: "earlier" });
  if (first.toPlainDateTime().equals(time)) return first.toInstant();
  const jump = first.getTimeZoneTransition("next");
  if (jump) return jump.toInstant();
  throw new ScheduleError(`Cannot find ${time} in ${timeZone}: it does not happen there`);
}
