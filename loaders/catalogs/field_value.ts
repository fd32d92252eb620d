import { parseDay, parseMoment } from "../../lib/landing/records/times.ts";
import { parseNumber, parseText } from "../../lib/landing/records/values.ts";
import type { FieldDefinition } from "../fields/field_definitions.ts";
import { isBlank, trimBlanks } from "./blank_text.ts";
import { WrittenNumber } from "./located_json.ts";
import { findDamage, findLostDigits, findSerialDay } from "./spreadsheet_traces.ts";

/** One of `values` of a custom field, as it is sent. */
export type SentValue = Readonly<Record<string, unknown>>;

/** A value for the account (null: none), or the reason why it cannot be one. */
export type Converted = { readonly value: SentValue | null } | { readonly reason: string };

const NUMBERS = ["numeric", "monetary", "price"];
const DAYS = ["date", "birthday"];
const CHOICES = ["select", "radiobutton", "multiselect"];
const TEXTS = ["text", "textarea", "url", "streetaddress"];
// Midnight of whatever zone: people write days so, and exports do.
const MIDNIGHT = /^(\d{4}-\d{2}-\d{2})[T ]00:00(:00(\.0+)?)?([Zz]|[+-]\d{2}:?\d{2})?$/;

/** Whether a field holds texts, which a spreadsheet may have taken for numbers or dates. */
export function isTextField({ type }: FieldDefinition): boolean {
  return TEXTS.includes(type) || type === "multitext";
}

/** Turns a value of a file into what a field of this type takes; days are midnights of `timeZone`. */
export function toSentValue(field: FieldDefinition, given: unknown, timeZone: string): Converted {
  if (isBlank(given)) return { value: null };
  const reason = findTrace(field, given);
  if (reason !== null) return { reason };
  const value = toPlainValue(field, given);
  if (TEXTS.includes(field.type)) return sendParsed(parseText(value));
  if (NUMBERS.includes(field.type)) return sendParsed(parseNumber(value));
  if (DAYS.includes(field.type)) return toSentDay(field, value, timeZone);
  if (field.type === "date_time") return toSentMoment(value, timeZone);
  if (field.type === "checkbox") return toSentCheck(value);
  if (CHOICES.includes(field.type)) return toSentChoice(field, value);
  if (field.type === "multitext") return toSentContact(value);
  return { reason: `is for a field of type ${field.type}, which cannot be filled from a file` };
}

/**
 * Whether a field that has these values already holds the wanted ones: the account gives numbers as text and days
 * as seconds or text. One of several phones is enough: the others are not the file's business.
 */
export function holdsValues(
  field: FieldDefinition,
  current: readonly unknown[],
  wanted: readonly SentValue[],
  timeZone: string,
): boolean {
  if (wanted.length === 0) return current.length === 0;
  const meaning = (item: unknown) => JSON.stringify(meaningOf(field, valueOf(item), timeZone));
  const meanings = new Set(current.map(meaning));
  return wanted.every((item) => meanings.has(meaning(item)));
}

/** A value as people read it, of an answer or to be sent: days as days. */
export function formatValue(field: FieldDefinition, item: unknown, timeZone: string): string {
  const value = valueOf(item);
  const meaning = DAYS.includes(field.type) || field.type === "date_time"
    ? meaningOf(field, value, timeZone)
    : null;
  const isTime = typeof meaning === "object" && meaning !== null && "value" in meaning;
  const shown = isTime ? meaning.value : value;
  return typeof shown === "object" ? JSON.stringify(shown) : String(shown);
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

/** Why the value is not what its source meant; null when it may be. */
function findTrace(field: FieldDefinition, given: unknown): string | null {
  const isWritten = given instanceof WrittenNumber;
  const text = isWritten ? given.text : String(given).trim();
  const isTime = DAYS.includes(field.type) || field.type === "date_time";
  return findDamage(text) ??
    (isTextField(field) ? findLostDigits(text, isWritten) : null) ??
    (isTime ? findSerialDay(text) : null);
}

/** A number counts where one is wanted; a text is what the file says. */
function toPlainValue(field: FieldDefinition, given: unknown): unknown {
  if (given instanceof WrittenNumber) return isTextField(field) ? given.text : given.value;
  return typeof given === "string" ? trimBlanks(given) : given;
}

function sendParsed(
  parsed: { readonly value: string | null } | { readonly reason: string },
): Converted {
  if ("reason" in parsed) return { reason: `is ${parsed.reason}` };
  return { value: parsed.value === null ? null : { value: parsed.value } };
}

function toSentDay(field: FieldDefinition, given: unknown, timeZone: string): Converted {
  const written = typeof given === "string" ? MIDNIGHT.exec(given)?.[1] ?? given : given;
  const day = parseDay(written, field.type, { account: timeZone, business: timeZone });
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
