import { isIPv6 } from "node:net";
import { z } from "zod";

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** A setting with a default, whose text `parse` turns into a value, or into undefined when it is wrong. */
export function setting<T>(
  fallback: string,
  expected: string,
  parse: (text: string) => T | undefined,
) {
  return z.string().default(fallback).transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `is "${text}", expected ${expected}` });
    return z.NEVER;
  });
}

/** One of some words. */
export function oneOf<T extends string>(fallback: T, values: readonly T[]) {
  return setting(fallback, `one of ${values.join(", ")}`, (text) => values.find((v) => v === text));
}

/** A number that `accept` takes. */
export function numberSetting(
  fallback: string,
  expected: string,
  accept: (value: number) => boolean,
) {
  return setting(fallback, expected, (text) => {
    const value = Number(text);
    return Number.isFinite(value) && accept(value) ? value : undefined;
  });
}

/** A text that may be missing. */
export const optional = z.string().optional();

/** An address that holds a token: never quoted back. */
export const secretUrl = optional.refine((text) => text === undefined || isHttpUrl(text), {
  message: "is not an address, expected one that starts with http:// or https://",
});

/** Accepts whole numbers from `from` to `to`. */
export function isWhole(from: number, to: number) {
  return (value: number) => Number.isInteger(value) && value >= from && value <= to;
}

/** An address without its path; "" stays. */
export function parseBaseUrl(text: string): string | undefined {
  if (text === "") return text;
  const url = URL.parse(text.trim());
  const isAddressAlone = url !== null && /^\/*$/.test(url.pathname) && !url.search && !url.hash;
  return isHttpUrl(text) && isAddressAlone ? text.trim().replace(/\/+$/, "") : undefined;
}

/** Whether it is a host without a port; a path that starts with / is the folder of a socket. */
export function isHost(text: string): boolean {
  return text.trim().startsWith("/") || isIPv6(text.trim()) || !/[:/]/.test(text);
}

function isHttpUrl(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? "");
}

/** Subdomains between commas, in lower case. */
export function parseAccounts(text: string): string[] | undefined {
  const names = text.split(",").map((name) => name.trim().toLowerCase()).filter((name) => name);
  return names.every((name) => /^[a-z0-9-]+$/.test(name)) ? names : undefined;
}

/** JSON that says {text} somewhere. */
export function parseTemplate(text: string): string | undefined {
  return text.includes("{text}") && isJson(text) ? text : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** 0 lets the system choose a port. */
export function parsePort(text: string): number | null | undefined {
  if (text === "") return null;
  return /^\d+$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined;
}

/** The IANA name of a time zone, written as the platform does. */
export function parseTimeZone(text: string): string | undefined {
  // Temporal also takes "+04:00", which PostgreSQL reads with the opposite sign.
  if (!/^[a-z]/i.test(text)) return undefined;
  try {
    return Temporal.Now.zonedDateTimeISO(text).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** ISO weekdays, 1 is Monday, each once and in order. */
export function parseWeekdays(text: string): number[] | undefined {
  const days = text.split(",").map((name) => WEEKDAYS.indexOf(name.trim().toLowerCase()) + 1);
  return days.includes(0) ? undefined : [...new Set(days)].sort((a, b) => a - b);
}

/** One ISO weekday, 1 is Monday. */
export function parseWeekday(text: string): number | undefined {
  const [day, ...others] = parseWeekdays(text) ?? [];
  return others.length === 0 ? day : undefined;
}

/** yes, true, 1 or no, false, 0. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(true|yes|1)$/i.test(text)) return true;
  return /^(false|no|0)$/i.test(text) ? false : undefined;
}

const fieldNames = z.record(z.string(), z.union([z.string().min(1), z.int().positive()]))
  .default({});
const fieldMap = z.strictObject({ leads: fieldNames, clients: fieldNames, cars: fieldNames });

/** STG columns to fields of the CRM, of each entity. */
export function parseFieldMap(text: string): z.infer<typeof fieldMap> | undefined {
  try {
    return fieldMap.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
