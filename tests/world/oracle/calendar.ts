import { addDays } from "./values.ts";

/** One row of dds.dim_date. */
export interface CalendarDay {
  readonly date_day: string;
  readonly year: number;
  readonly quarter: number;
  readonly month: number;
  readonly iso_year: number;
  readonly iso_week: number;
  readonly weekday: number;
  readonly is_weekend: boolean;
}

export function calendarDay(day: string, weekend: readonly number[]): CalendarDay {
  const date = Temporal.PlainDate.from(day);
  return {
    date_day: day,
    year: date.year,
    quarter: Math.ceil(date.month / 3),
    month: date.month,
    iso_year: date.yearOfWeek ?? 0,
    iso_week: date.weekOfYear ?? 0,
    weekday: date.dayOfWeek,
    is_weekend: weekend.includes(date.dayOfWeek),
  };
}

/**
 * The days that a calendar has after a run, beside those that it had: from the first day that a fact refers to, to
 * a year after the later of the logical date and the last such day.
 */
export function calendarSpan(
  days: readonly string[],
  logicalDate: string,
): readonly [string, string] {
  const sorted = [...days].sort();
  const last = [sorted.at(-1) ?? logicalDate, logicalDate].sort().at(-1) ?? logicalDate;
  const aYearLater = Temporal.PlainDate.from(last).add({ years: 1 }).toString();
  return [sorted[0] ?? logicalDate, aYearLater];
}

/** Every day from one to another, both included. */
export function eachDay(first: string, last: string): string[] {
  const days: string[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}
