import type { Format } from "../words/format.ts";
import type { ChartAxis } from "./chart.ts";

/** One place on a horizontal axis. */
export interface Slot {
  /** What points name it by. */
  readonly key: string;
  /** For the text that appears over it. */
  readonly name: string;
}

/** A label below the axis. */
export interface Tick {
  /** Index of its slot. */
  readonly slot: number;
  readonly text: string;
  /** Also shown where there is room for few labels only. */
  readonly isMain: boolean;
}

const MOST_TICKS = 12;
const MOST_MAIN_TICKS = 4;

/** The places of the axis, in order. Weeks begin on Monday, months on their first day, wherever `from` lies. */
export function slotsOf(axis: ChartAxis, format: Format): readonly Slot[] {
  if ("labels" in axis) return axis.labels.map((label) => ({ key: label, name: label }));
  const name = axis.step === "month" ? format.month : format.date;
  const to = Temporal.PlainDate.from(axis.to);
  const first = beginningOf(axis.step, Temporal.PlainDate.from(axis.from));
  const slots: Slot[] = [];
  for (
    let day = first;
    Temporal.PlainDate.compare(day, to) <= 0;
    day = day.add({ [`${axis.step}s`]: 1 })
  ) {
    const key = day.toString();
    slots.push({ key, name: name(key) });
  }
  return slots;
}

function beginningOf(step: "day" | "week" | "month", day: Temporal.PlainDate): Temporal.PlainDate {
  if (step === "month") return day.with({ day: 1 });
  if (step === "week") return day.subtract({ days: day.dayOfWeek - 1 });
  return day;
}

/** Labels for the axis: as dense as is readable, and on round dates. */
export function ticksOf(
  axis: ChartAxis,
  slots: readonly Slot[],
  format: Format,
): readonly Tick[] {
  const places = "labels" in axis ? thinned(slots) : placesOfDates(slots);
  const every = Math.ceil(places.length / MOST_MAIN_TICKS);
  return places.map((slot, index) => {
    const key = slots[slot]?.key ?? "";
    const before = slots[places[index - 1] ?? -1]?.key ?? null;
    const text = "labels" in axis ? key : dateLabel(axis.step, key, before, format);
    return { slot, text, isMain: index % every === 0 };
  });
}

function thinned(slots: readonly Slot[]): number[] {
  const every = Math.ceil(slots.length / MOST_TICKS);
  return slots.map((_, index) => index).filter((index) => index % every === 0);
}

/** Days, Mondays, or firsts of months, quarters, years: the finest of them that gives few enough labels. */
function placesOfDates(slots: readonly Slot[]): number[] {
  const dates = slots.map((slot) => Temporal.PlainDate.from(slot.key));
  for (const interval of INTERVALS) {
    const places = dates.flatMap((date, index) => {
      const before = dates[index - 1] ?? date.subtract({ days: 1 });
      return interval(date) === interval(before) ? [] : [index];
    });
    if (places.length > 0 && places.length <= MOST_TICKS) return places;
  }
  return [0];
}

const monthsOf = (date: Temporal.PlainDate): number => date.year * 12 + date.month - 1;

const MONDAY = Temporal.PlainDate.from("1970-01-05");

/** The number of the interval in which a day lies. */
const INTERVALS: readonly ((date: Temporal.PlainDate) => number)[] = [
  (date) => MONDAY.until(date).days,
  (date) => Math.floor(MONDAY.until(date).days / 7),
  (date) => monthsOf(date),
  (date) => Math.floor(monthsOf(date) / 3),
  (date) => date.year,
  (date) => Math.floor(date.year / 5),
  (date) => Math.floor(date.year / 25),
];

/** "3 May", "May", and with the year where it is new. */
function dateLabel(
  step: "day" | "week" | "month",
  key: string,
  before: string | null,
  format: Format,
): string {
  const isNewYear = before !== null && before.slice(0, 4) !== key.slice(0, 4);
  if (step === "month") {
    const month = format.monthName(key);
    return isNewYear || before === null ? `${month} ${key.slice(0, 4)}` : month;
  }
  return isNewYear ? format.date(key) : format.dayAndMonth(key);
}
