import type { Period } from "../page/page.ts";

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
