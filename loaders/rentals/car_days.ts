/** Days of a car as whole numbers from any day 0: `from` is included, `to` is not. */
export interface DaySpan {
  readonly from: number;
  readonly to: number;
}

/** The days on which one car is taken. */
export interface CarDays {
  /** How many different first days a rental of `days` days within `window` could have. */
  countStarts(window: DaySpan, days: number): number;
  /** Takes `days` days from the first day number `index` of those, counted from 0. */
  take(window: DaySpan, days: number, index: number): DaySpan;
}

/** A car that is taken on the days of `busy`, which may overlap, and free on all others. */
export function createCarDays(busy: readonly DaySpan[] = []): CarDays {
  let taken = merge(busy);
  return {
    countStarts: (window, days) =>
      gapsWithin(taken, window).reduce((sum, gap) => sum + startsIn(gap, days), 0),
    take(window, days, index) {
      const from = gapsWithin(taken, window)
        .flatMap((gap) =>
          Array.from({ length: startsIn(gap, days) }, (_, i) => gap.from + i)
        )[index];
      if (from === undefined) {
        throw new RangeError(`Cannot take the days from start ${index}: there is no such start`);
      }
      const span = { from, to: from + days };
      taken = merge([...taken, span]);
      return span;
    },
  };
}

function startsIn({ from, to }: DaySpan, days: number): number {
  return Math.max(0, to - from - days + 1);
}

function gapsWithin(taken: readonly DaySpan[], { from, to }: DaySpan): DaySpan[] {
  const gaps: DaySpan[] = [];
  let free = from;
  for (const span of taken) {
    if (span.to <= free) continue;
    if (span.from >= to) break;
    if (span.from > free) gaps.push({ from: free, to: span.from });
    free = span.to;
  }
  if (free < to) gaps.push({ from: free, to });
  return gaps;
}

/** In order of time; spans that touch or overlap become one. */
function merge(spans: readonly DaySpan[]): DaySpan[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}
