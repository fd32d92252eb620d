import type { Period } from "../page/page.ts";

/** A chart of fewer months shows no course. */
const FEWEST_MONTHS = 13;

/** The month of the last finished day: the first of a month still shows the month that has just ended. */
export function monthOf(today: Temporal.PlainDate): Period {
  const yesterday = today.subtract({ days: 1 });
  return { from: yesterday.with({ day: 1 }), to: yesterday.with({ day: yesterday.daysInMonth }) };
}

/** The 26 weeks that end with that of the last finished day. */
export function last26Weeks(today: Temporal.PlainDate): Period {
  const { from, to } = weeksOf({
    from: today.subtract({ days: 1 }),
    to: today.subtract({ days: 1 }),
  });
  return { from: from.subtract({ weeks: 25 }), to };
}

/** The twelve months that end with that of the last finished day. */
export function last12Months(today: Temporal.PlainDate): Period {
  const { from, to } = monthOf(today);
  return { from: from.subtract({ months: 11 }), to };
}

/** The whole ISO weeks that a period touches. */
export function weeksOf({ from, to }: Period): Period {
  return {
    from: from.subtract({ days: from.dayOfWeek - 1 }),
    to: to.add({ days: 7 - to.dayOfWeek }),
  };
}

/** The whole months that a period touches. */
export function wholeMonthsOf({ from, to }: Period): Period {
  return { from: from.with({ day: 1 }), to: to.with({ day: to.daysInMonth }) };
}

/** The months of a period by their first days, or as many before its end as a chart needs. */
export function monthsShown(
  period: Period,
): Period {
  const to = period.to.with({ day: 1 });
  const asked = period.from.with({ day: 1 });
  const least = to.subtract({ months: FEWEST_MONTHS - 1 });
  return { from: Temporal.PlainDate.compare(asked, least) < 0 ? asked : least, to };
}

/** The months to read for them: also those a year before the ones that are shown. */
export function monthsAsked(period: Period): Period {
  const { from, to } = monthsShown(period);
  return { from: from.subtract({ years: 1 }), to };
}

/** The month of a day like "2026-05-01", as parameters of an address. */
export function monthAddress(day: string): { readonly from: string; readonly to: string } {
  const month = day.slice(0, 7);
  return { from: month, to: month };
}
