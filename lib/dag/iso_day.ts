/** A day like "2026-05-03"; null where the text is none. Databases know no year 0, and here it is no year either. */
export function parseIsoDay(text: string): Temporal.PlainDate | null {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    return Temporal.PlainDate.from(text, { overflow: "reject" });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
