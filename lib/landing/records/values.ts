/** A value that parsed (null: there was none), or the reason why it did not. */
export type Parsed<T> = { readonly value: T | null } | { readonly reason: string };

/** Nothing was there, which is not a fault. */
export const NOTHING = { value: null } as const;

// PostgreSQL's numeric ends at 131,072 digits; no figure of a rental company comes near.
const MAX_DIGITS = 1000;
const MAX_INTEGER = 2 ** 31 - 1;

/** Trimmed text; blank is null. Numbers and checkboxes become their text, objects do not parse. */
export function parseText(value: unknown): Parsed<string> {
  if (value === null) return NOTHING;
  if (typeof value === "number" || typeof value === "boolean") return { value: String(value) };
  if (typeof value !== "string") return { reason: "not text" };
  return { value: value.trim() || null };
}

/**
 * Digits with an optional sign and decimal point, as text, so that no digit is lost on the way.
 *
 * "1,200", ".5", "5.", "n/a", "NaN" and "1e3" do not parse: guessing what a comma means would be worse than null.
 */
export function parseNumber(value: unknown): Parsed<string> {
  if (value === null) return NOTHING;
  if (typeof value !== "string" && typeof value !== "number") return { reason: "not a number" };
  const text = String(value).trim();
  if (text === "") return NOTHING;
  const isNumber = text.length <= MAX_DIGITS && /^[+-]?\d+(\.\d+)?$/.test(text);
  return isNumber ? { value: text } : { reason: "not a number" };
}

/** A number without a fraction (zeros may follow the point) that fits PostgreSQL's integer. */
export function parseInteger(value: unknown): Parsed<number> {
  const parsed = parseNumber(value);
  if (!("value" in parsed) || parsed.value === null) return toIntegerReason(parsed);
  const number = Number(parsed.value);
  return Number.isInteger(number) && Math.abs(number) <= MAX_INTEGER
    ? { value: number }
    : { reason: "not a whole number" };
}

function toIntegerReason(parsed: Parsed<string>): Parsed<number> {
  return "reason" in parsed ? { reason: "not a whole number" } : NOTHING;
}

/** An id of the CRM: a whole JSON number. */
export function parseId(value: unknown): Parsed<number> {
  if (value === null || value === undefined) return NOTHING;
  return typeof value === "number" && Number.isSafeInteger(value)
    ? { value }
    : { reason: "not a whole number" };
}
