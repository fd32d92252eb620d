// How the oracle reads a record of the CRM: written from the pages that say what the warehouse holds, and from
// nothing else. It shares no code with the pipeline.

/** A typed cell as the oracle holds it: text, a number (times in unix seconds, money in millionths), or null. */
export type Cell = string | number | null;

/** One millionth, the unit in which the oracle counts money: no rate or price has more decimals. */
export const MICROS = 1_000_000;

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Members of an object by names and positions; undefined where it ends. */
export function dig(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === "object" && found !== null ? Reflect.get(found, key) : undefined,
    value,
  );
}

/** Text is trimmed, empty text is null. */
export function toText(raw: unknown): string | null {
  if (raw === null || raw === undefined) return null;
  return String(raw).trim() || null;
}

/** Digits with an optional sign and decimal point, in millionths; undefined for anything else. */
export function toMicros(raw: unknown): number | null | undefined {
  const text = toText(raw);
  if (text === null) return null;
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = "0", fraction = ""] = parts;
  const micros = Number(whole) * MICROS + Number(fraction.padEnd(6, "0").slice(0, 6));
  return sign === "-" ? -micros : micros;
}

/** A whole number, "2015.0" included. */
export function toWhole(raw: unknown): number | null | undefined {
  const micros = toMicros(raw);
  if (micros === null || micros === undefined) return micros;
  return micros % MICROS === 0 ? micros / MICROS : undefined;
}

/** An id or a time of the API itself. */
export function toNumber(raw: unknown): number | null {
  return typeof raw === "number" ? raw : null;
}

/** The instant of a custom field in unix seconds, which come as such or as RFC 3339 text. */
export function toInstant(raw: unknown): number | null {
  const text = toText(raw);
  if (text === null) return null;
  if (/^-?\d+$/.test(text)) return Number(text);
  return Math.floor(Temporal.Instant.from(text).epochMilliseconds / 1000);
}

/** The calendar day of a `date` field: what its text says, else the day in the account's zone. */
export function toDay(raw: unknown, accountZone: string): string | null {
  const text = toText(raw);
  if (text === null) return null;
  return /^-?\d+$/.test(text) ? dayOf(Number(text), accountZone) : text.slice(0, 10);
}

/** The day of an instant on the wall clock of a zone, "2026-05-03". */
export function dayOf(seconds: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(zone)
    .toPlainDate().toString();
}

/** The first instant of a day in a zone, in unix seconds. */
export function startOf(day: string, zone: string): number {
  const start = Temporal.PlainDate.from(day).toZonedDateTime(zone);
  return Math.floor(start.epochMilliseconds / 1000);
}

/** A day so many days later. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
