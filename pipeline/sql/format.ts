import { stringify } from "csv-stringify/sync";
import { formatTable } from "../../lib/log/text_table.ts";
import type { Answer, AnswerColumn } from "./query.ts";

/** How answers can be printed. */
export const FORMATS = ["table", "csv", "json"] as const;
export type Format = typeof FORMATS[number];

/** OIDs of types whose texts are JSON numbers: smallint, integer, bigint, oid, real and double precision. */
const NUMBERS = [20, 21, 23, 26, 700, 701];
const NUMERIC = 1700;
const BOOLEAN = 16;
const JSONS = [114, 3802];
const WIDEST_CELL = 60;

/** The text of an answer; a table ends with a line that counts the rows. */
export function formatAnswer(answer: Answer, format: Format): string {
  if (format === "csv") return formatCsv(answer);
  if (format === "json") return formatJson(answer);
  const columns = answer.columns.map(({ name, type }) => ({
    heading: name,
    isNumber: NUMBERS.includes(type) || type === NUMERIC,
    maxWidth: WIDEST_CELL,
  }));
  const rows = answer.rows.map((row) => row.map((value) => oneLine(value ?? "")));
  const [head = "", ...lines] = columns.length === 0 ? [] : formatTable(columns, rows);
  const rule = "-".repeat(Math.max(head.length, ...lines.map((line) => line.length)));
  return [...(columns.length === 0 ? [] : [head, rule]), ...lines, countRows(answer)].join("\n");
}

function countRows({ rows, isCut }: Answer): string {
  const count = `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}`;
  return isCut ? `(the first ${count}; --limit 0 shows all)` : `(${count})`;
}

/** Control characters of a text from outside would act on the terminal. */
function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex -- that is what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}

/** RFC 4180 with a header; null is an empty cell, an empty text is quoted. */
function formatCsv({ columns, rows }: Answer): string {
  const lines = [columns.map(({ name }) => name), ...rows];
  return stringify(lines, { cast: { string: (value) => ({ value, quoted_empty: true }) } })
    .trimEnd();
}

/** One list of objects; money (numeric) stays a text, because it is exact. */
function formatJson({ columns, rows }: Answer): string {
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map((column, i) => [column.name, toJson(column, row[i] ?? null)]))
  );
  return JSON.stringify(objects, null, 2);
}

function toJson({ type }: AnswerColumn, text: string | null): unknown {
  if (text === null) return null;
  if (type === BOOLEAN) return text === "t";
  if (JSONS.includes(type)) return JSON.parse(text);
  const value = Number(text);
  // NaN and infinities are no JSON; a bigint beyond 2^53 would lose digits.
  const isExact = Number.isFinite(value) &&
    (!Number.isInteger(value) || Number.isSafeInteger(value));
  return NUMBERS.includes(type) && isExact ? value : text;
}
