import { configure, type LogRecord, type Sink, type TextFormatter } from "@logtape/logtape";
import { redactByField, redactByPattern } from "@logtape/redaction";
import { AsyncLocalStorage } from "node:async_hooks";
import { type Config, wantsColour } from "../config.ts";
import { formatLocalTime } from "./time_text.ts";
import { currentLogFile, keepLine } from "./log_file.ts";
import { maskPersonalData, PERSONAL_DATA, PERSONAL_FIELDS } from "./masking.ts";
import { colourEmbedded } from "./warehouse_colour.ts";

/** The settings that logging needs. */
export type LogSettings = Pick<Config, "logLevel" | "logFormat" | "businessTz">;

/**
 * Sends log lines to stderr (stdout is for results), or to `write` which gets one line without its end;
 * and to the file of the work that is going on (`keepLines`).
 *
 * Text: `2026-05-03 04:00:12 [extract] 42 leads dag=daily_amocrm_load_leads`, in the business time zone.
 * Json: one object a line with `time` in UTC. Anything that looks like personal data is masked in both.
 */
export async function configureLogging(
  settings: LogSettings,
  write: (line: string) => void = (line) => console.error(line),
): Promise<void> {
  const isColoured = settings.logFormat === "text" && wantsColour(Deno.stderr);
  const writeLine = isColoured ? (line: string) => write(colourEmbedded(line)) : write;
  await configure({
    reset: true,
    contextLocalStorage: new AsyncLocalStorage(),
    sinks: { lines: createLineSink(settings, writeLine), files: createFileSink(settings) },
    loggers: [
      { category: [], sinks: ["lines", "files"], lowestLevel: settings.logLevel },
      { category: ["logtape", "meta"], sinks: ["lines"], lowestLevel: "warning" },
    ],
  });
}

/** Fields by name that a text line leaves out, because where it goes they go without saying. */
type KnownFields = Readonly<Record<string, unknown>>;

/** A sink that formats and masks each record and hands the line to `write`. */
export function createLineSink(
  settings: LogSettings,
  write: (line: string) => void,
  knownFields: () => KnownFields = () => ({}),
): Sink {
  const format = settings.logFormat === "json"
    ? formatJson
    : (record: LogRecord) => formatText(record, settings.businessTz, knownFields());
  const masked: TextFormatter = redactByPattern(format, PERSONAL_DATA);
  return redactByField((record) => write(masked(record)), {
    fieldPatterns: [...PERSONAL_FIELDS],
    action: () => "[redacted]",
  });
}

function createFileSink(settings: LogSettings): Sink {
  const sink = createLineSink(settings, keepLine, () => currentLogFile()?.fields ?? {});
  return (record) => {
    if (currentLogFile()) sink(record);
  };
}

function formatText(record: LogRecord, timeZone: string, known: KnownFields): string {
  const time = formatLocalTime(
    Temporal.Instant.fromEpochMilliseconds(record.timestamp),
    timeZone,
  );
  const level = record.level === "info" ? "" : `${record.level.toUpperCase()} `;
  const fields = Object.entries(record.properties)
    .filter(([name, value]) => !isInMessage(record, name) && known[name] !== value)
    .map(([name, value]) => ` ${name}=${formatField(value)}`);
  return `${time} ${level}[${label(record)}] ${messageOf(record)}${fields.join("")}`;
}

function formatJson(record: LogRecord): string {
  const properties = Object.fromEntries(
    Object.entries(record.properties).map(([name, value]) => [name, toPlain(value)]),
  );
  return JSON.stringify({
    time: Temporal.Instant.fromEpochMilliseconds(record.timestamp).toString(),
    level: record.level,
    category: record.category.join("."),
    message: `[${label(record)}] ${messageOf(record)}`,
    ...properties,
  });
}

/** `extract` for the task extract_leads: the wording that people of the old pipeline search for. */
function label(record: LogRecord): string {
  const [area, task] = record.category;
  return area === "task" && task ? task.split("_")[0] ?? task : area ?? "log";
}

function messageOf(record: LogRecord): string {
  return record.message
    .map((part, i) => i % 2 === 0 ? String(part) : String(toPlain(part)))
    .join("");
}

function isInMessage(record: LogRecord, name: string): boolean {
  return typeof record.rawMessage === "string" && record.rawMessage.includes(`{${name}}`);
}

function formatField(value: unknown): string {
  const plain = toPlain(value);
  const text = typeof plain === "object" ? JSON.stringify(plain) : String(plain);
  return /[\s"]/.test(text) ? JSON.stringify(text) : text;
}

/**
 * Errors as their message only: a stack or a cause may hold values. A text is masked here already, where
 * `971501234567` is not yet a field's plain number.
 */
function toPlain(value: unknown): unknown {
  if (typeof value === "string") return maskPersonalData(value);
  if (value instanceof Error) return value.message;
  if (typeof value === "bigint") return value.toString();
  return value;
}
