import type { Period } from "../page/page.ts";

/** The month of the last finished day: the first of a month still shows the month that has just ended. */
export function monthOf(today: Temporal.PlainDate): Period {
  const yesterday = today.subtract({ days: 1 });
  return { from: yesterday.with({ day: 1 }), to: yesterday.with({ day: yesterday.daysInMonth }) };
}
