/** A number as it comes from the warehouse: exact decimal text where PostgreSQL gives numeric. */
export type Numeric = number | string | bigint;

const DECIMAL_TEXT = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The value in a form that `Intl.NumberFormat` takes without losing a digit; null for what is no finite number
 * (`NaN`, `Infinity`, other text).
 */
export function exactNumber(value: Numeric): number | bigint | `${number}` | null {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return isDecimalText(value) ? value : null;
}

/** The value as a cell: a bigint is none, its text is as exact. */
export function toCell(value: Numeric): number | string {
  return typeof value === "bigint" ? String(value) : value;
}

/** The value as a floating point number, good enough to draw; null for what is no finite number. */
export function drawnNumber(value: Numeric | boolean | null | undefined): number | null {
  if (value === null || value === undefined || typeof value === "boolean") return null;
  const exact = exactNumber(value);
  const drawn = exact === null ? NaN : Number(exact);
  return Number.isFinite(drawn) ? drawn : null;
}

function isDecimalText(text: string): text is `${number}` {
  return DECIMAL_TEXT.test(text);
}
