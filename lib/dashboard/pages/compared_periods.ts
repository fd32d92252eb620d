import type { Period } from "../page/page.ts";

/** A period so far, and what it is compared with: the same number of days each. */
export interface ComparedPeriods {
  /** The finished days of the period; null where it has none. */
  readonly present: Period | null;
  readonly before: Period | null;
  readonly yearAgo: Period | null;
  /** How many days of the period are finished. */
  readonly days: number;
  /** Whether all are. */
  readonly isComplete: boolean;
}

/**
 * The periods that the finished days of `period` are compared with: as many first days of the period before (for
 * whole months as many months before, else the same length directly before) and of the same calendar days a year ago;
 * all of it where that is shorter.
 */
export function comparePeriods(
  period: Period,
  lastFinishedDay: Temporal.PlainDate,
): ComparedPeriods {
  const isComplete = Temporal.PlainDate.compare(period.to, lastFinishedDay) <= 0;
  const to = isComplete ? period.to : lastFinishedDay;
  const days = daysOf({ from: period.from, to });
  if (days <= 0) return { present: null, before: null, yearAgo: null, days: 0, isComplete };
  return {
    present: { from: period.from, to },
    before: firstDays(periodBefore(period), days, isComplete),
    yearAgo: firstDays(yearBefore(period), days, isComplete),
    days,
    isComplete,
  };
}

/** How many days a period has; 0 or less where it ends before it begins. */
export function daysOf({ from, to }: Period): number {
  return from.until(to).days + 1;
}

/** Whether it begins with a first and ends with a last day of a month. */
export function isWholeMonths({ from, to }: Period): boolean {
  return from.day === 1 && to.day === to.daysInMonth;
}

function periodBefore(period: Period): Period {
  const to = period.from.subtract({ days: 1 });
  if (!isWholeMonths(period)) {
    return { from: period.from.subtract({ days: daysOf(period) }), to };
  }
  const months = period.from.until(period.to.add({ days: 1 }), { largestUnit: "months" }).months;
  return { from: period.from.subtract({ months }), to };
}

function yearBefore(period: Period): Period {
  const from = period.from.subtract({ years: 1 });
  const to = period.to.subtract({ years: 1 });
  // The last of February is the last of February.
  return { from, to: isWholeMonths(period) ? to.with({ day: to.daysInMonth }) : to };
}

function firstDays(period: Period, days: number, isComplete: boolean): Period {
  if (isComplete) return period;
  const to = period.from.add({ days: days - 1 });
  return { from: period.from, to: Temporal.PlainDate.compare(to, period.to) > 0 ? period.to : to };
}
