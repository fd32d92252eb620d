/**
 * A day like "2026-05-03"; null where the text is none, or a day before the year 1000: days are reckoned from it, and a
 * database knows no year 0.
 */
export function parseIsoDay(text: string): Temporal.PlainDate | null {
  if (!/^[1-9]\d{3}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    return Temporal.PlainDate.from(text, { overflow: "reject" });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
