import { parseDay, parseMoment } from "../../lib/landing/records/times.ts";
import { parseNumber, parseText } from "../../lib/landing/records/values.ts";
import type { FieldDefinition } from "../fields/field_definitions.ts";

/** One of `values` of a custom field, as it is sent. */
export type SentValue = Readonly<Record<string, unknown>>;

/** A value for the account (null: none), or the reason why it cannot be one. */
export type Converted = { readonly value: SentValue | null } | { readonly reason: string };

const NUMBERS = ["numeric", "monetary", "price"];
const DAYS = ["date", "birthday"];
const CHOICES = ["select", "radiobutton"];
const TEXTS = ["text", "textarea", "url", "streetaddress"];

/** Turns a value of a file into what a field of this type takes; days are midnights of `timeZone`. */
export function toSentValue(field: FieldDefinition, given: unknown, timeZone: string): Converted {
  if (given === null || given === undefined || given === "") return { value: null };
  if (TEXTS.includes(field.type)) return sendParsed(parseText(given));
  if (NUMBERS.includes(field.type)) return sendParsed(parseNumber(given));
  if (DAYS.includes(field.type)) return toSentDay(field, given, timeZone);
  if (field.type === "date_time") return toSentMoment(given, timeZone);
  if (field.type === "checkbox") return toSentCheck(given);
  if (CHOICES.includes(field.type)) return toSentChoice(field, given);
  if (field.type === "multitext") return toSentContact(given);
  return { reason: `is for a field of type ${field.type}, which cannot be filled from a file` };
}

/**
 * Whether a field that has these values already holds the value: the account gives numbers as text and days as
 * seconds or text. One of several phones is enough: the others are not the file's business.
 */
export function holdsValue(
  field: FieldDefinition,
  current: readonly unknown[],
  wanted: SentValue | null,
  timeZone: string,
): boolean {
  if (wanted === null) return current.length === 0;
  const meaning = (item: unknown) => JSON.stringify(meaningOf(field, valueOf(item), timeZone));
  return current.some((item) => meaning(item) === meaning(wanted));
}

function valueOf(item: unknown): unknown {
  return typeof item === "object" && item !== null && "value" in item ? item.value : item;
}

function meaningOf(field: FieldDefinition, value: unknown, timeZone: string): unknown {
  if (NUMBERS.includes(field.type)) return Number(value);
  const zones = { account: timeZone, business: timeZone };
  if (DAYS.includes(field.type)) return parseDay(value, field.type, zones);
  if (field.type === "date_time") return parseMoment(value, field.type, zones);
  return typeof value === "string" ? value.trim() : value;
}

function sendParsed(
  parsed: { readonly value: string | null } | { readonly reason: string },
): Converted {
  if ("reason" in parsed) return { reason: `is ${parsed.reason}` };
  return { value: parsed.value === null ? null : { value: parsed.value } };
}

function toSentDay(field: FieldDefinition, given: unknown, timeZone: string): Converted {
  const day = parseDay(given, field.type, { account: timeZone, business: timeZone });
  if ("reason" in day || day.value === null) return { reason: "is not a date like 1990-05-31" };
  const midnight = Temporal.PlainDate.from(day.value).toZonedDateTime(timeZone);
  return { value: { value: Math.floor(midnight.epochMilliseconds / 1000) } };
}

function toSentMoment(given: unknown, timeZone: string): Converted {
  const moment = parseMoment(given, "date_time", { account: timeZone, business: timeZone });
  if ("reason" in moment || moment.value === null) {
    return { reason: "is not a time like 2026-05-03T10:00:00+04:00" };
  }
  const { epochMilliseconds } = Temporal.Instant.from(moment.value);
  return { value: { value: Math.floor(epochMilliseconds / 1000) } };
}

function toSentCheck(given: unknown): Converted {
  const text = String(given).trim().toLowerCase();
  if (["true", "yes", "1"].includes(text)) return { value: { value: true } };
  if (["false", "no", "0"].includes(text)) return { value: { value: false } };
  return { reason: "is not true or false" };
}

function toSentChoice(field: FieldDefinition, given: unknown): Converted {
  const text = String(given).trim().toLowerCase();
  const choice = field.enums?.find(({ value }) => value.trim().toLowerCase() === text);
  if (choice) return { value: { value: choice.value, enum_id: choice.id } };
  const choices = field.enums?.map(({ value }) => `"${value}"`).join(", ");
  return { reason: `is none of the choices of the field: ${choices}` };
}

function toSentContact(given: unknown): Converted {
  const parsed = sendParsed(parseText(given));
  if ("reason" in parsed || parsed.value === null) return parsed;
  return { value: { ...parsed.value, enum_code: "WORK" } };
}
