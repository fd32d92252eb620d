import type { Format } from "../words/format.ts";
import type { ChartAxis } from "./chart.ts";

/** One place on a horizontal axis: what points name it by. */
export type Slot = string;

/** A label below the axis. */
export interface Tick {
  /** Index of its slot. */
  readonly slot: number;
  readonly text: string;
  /** Below it, where it is new. */
  readonly year: string | null;
  /** Also shown where there is room for few labels only. */
  readonly isMain: boolean;
}

/** A year of months and the one a year before its last. */
const MOST_TICKS = 13;
const MOST_MAIN_TICKS = 4;

const slotsOfAxes = new WeakMap<ChartAxis, readonly Slot[]>();

/** The places of the axis, in order. Weeks begin on Monday, months on their first day, wherever `from` lies. */
export function slotsOf(axis: ChartAxis): readonly Slot[] {
  if ("labels" in axis) return axis.labels;
  const known = slotsOfAxes.get(axis);
  if (known) return known;
  const slots = findSlots(axis);
  slotsOfAxes.set(axis, slots);
  return slots;
}

function findSlots(axis: Exclude<ChartAxis, { readonly labels: unknown }>): readonly Slot[] {
  const from = Temporal.PlainDate.from(axis.from);
  if (axis.step === "month") return monthsBetween(from.with({ day: 1 }), axis.to);
  return axis.step === "week"
    ? daysBetween(from.subtract({ days: from.dayOfWeek - 1 }), axis.to, 7)
    : daysBetween(from, axis.to, 1);
}

function monthsBetween(first: Temporal.PlainDate, to: string): Slot[] {
  const slots: Slot[] = [];
  let day = first;
  // ISO texts of years of four digits sort like their days.
  for (let key = day.toString(); key <= to; key = day.toString()) {
    slots.push(key);
    day = day.add({ months: 1 });
  }
  return slots;
}

const DAY_MS = 86_400_000;

/** By the milliseconds of UTC, whose days have no clock changes: a date for each of five years takes longer. */
function daysBetween(first: Temporal.PlainDate, to: string, step: number): Slot[] {
  const slots: Slot[] = [];
  const end = Date.parse(to);
  for (let ms = Date.parse(first.toString()); ms <= end; ms += step * DAY_MS) {
    slots.push(new Date(ms).toISOString().slice(0, 10));
  }
  return slots;
}

/** The name of a place in the text that appears over it. */
export function slotName(axis: ChartAxis, slot: Slot, format: Format): string {
  if ("labels" in axis) return slot;
  return axis.step === "month" ? format.month(slot) : format.date(slot);
}

/** Labels for the axis: as dense as is readable, and on round dates. */
export function ticksOf(
  axis: ChartAxis,
  slots: readonly Slot[],
  format: Format,
): readonly Tick[] {
  if ("labels" in axis) {
    const places = thinned(slots);
    return withMain(places.map((slot) => ({
      slot,
      text: shortened(slots[slot] ?? "", places.length),
      year: null,
    })));
  }
  const { places, unit } = placesOfDates(axis.step, slots);
  return withMain(places.map((slot, index) => {
    const key = slots[slot] ?? "";
    const before = slots[places[index - 1] ?? -1];
    const year = key.slice(0, 4);
    if (unit === "year") return { slot, text: year, year: null };
    const text = unit === "month" ? format.monthName(key) : format.dayAndMonth(key);
    return { slot, text, year: year === before?.slice(0, 4) ? null : year };
  }));
}

function withMain(ticks: readonly Omit<Tick, "isMain">[]): readonly Tick[] {
  const every = Math.ceil(ticks.length / MOST_MAIN_TICKS);
  return ticks.map((tick, index) => ({ ...tick, isMain: index % every === 0 }));
}

/** A drawing cannot cut a text where its room ends: so many letters fit, more or less. */
function shortened(label: string, count: number): string {
  const most = Math.max(6, Math.floor(72 / count));
  const letters = Array.from(label);
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : label;
}

function thinned(slots: readonly Slot[]): number[] {
  const every = Math.ceil(slots.length / MOST_TICKS);
  return slots.map((_, index) => index).filter((index) => index % every === 0);
}

/** Days, Mondays, or firsts of months, quarters, years: the finest of them that gives few enough labels. */
function placesOfDates(
  step: "day" | "week" | "month",
  slots: readonly Slot[],
): { readonly places: readonly number[]; readonly unit: Interval["unit"] } {
  const first = slots[0] ?? "";
  const unitOfStep = step === "month" ? "month" : "day";
  if (first === "") return { places: [], unit: unitOfStep };
  const daysApart = { day: 1, week: 7, month: 0 }[step];
  const monday = Temporal.PlainDate.from(first).dayOfWeek - 1;
  const numbersOf = ({ number }: Interval): number[] =>
    slots.map((slot, index) => number(slot, index, Math.floor((index * daysApart + monday) / 7)));
  for (const interval of INTERVALS) {
    const numbers = numbersOf(interval);
    const places = slots.map((_, index) => index).filter((index) =>
      index === 0 ? isBeginning(interval, first, monday) : numbers[index] !== numbers[index - 1]
    );
    if (places.length > 0 && places.length <= MOST_TICKS) {
      return {
        places,
        unit: step === "month" && interval.unit === "day" ? "month" : interval.unit,
      };
    }
  }
  return { places: [0], unit: unitOfStep };
}

/** Stretches of time of which each new one may get a label. */
interface Interval {
  /** What its label says. */
  readonly unit: "day" | "month" | "year";
  /** The number of the stretch in which a place lies, from its ISO date, its index and the number of its week. */
  readonly number: (slot: Slot, index: number, week: number) => number;
}

const yearOf = (slot: Slot): number => Number(slot.slice(0, 4));
const monthOf = (slot: Slot): number => yearOf(slot) * 12 + Number(slot.slice(5, 7)) - 1;

const WEEKS: Interval = { unit: "day", number: (_slot, _index, week) => week };

const INTERVALS: readonly Interval[] = [
  { unit: "day", number: (_slot, index) => index },
  WEEKS,
  { unit: "month", number: monthOf },
  { unit: "month", number: (slot) => Math.floor(monthOf(slot) / 3) },
  { unit: "year", number: yearOf },
  { unit: "year", number: (slot) => Math.floor(yearOf(slot) / 5) },
  { unit: "year", number: (slot) => Math.floor(yearOf(slot) / 25) },
];

/** Whether the first place of the axis is also the first day of its stretch. */
function isBeginning(interval: Interval, slot: Slot, monday: number): boolean {
  if (interval === WEEKS) return monday === 0;
  const before = Temporal.PlainDate.from(slot).subtract({ days: 1 }).toString();
  return interval.number(slot, 0, 0) !== interval.number(before, -1, 0);
}
