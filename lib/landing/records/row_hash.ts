import { hash } from "node:crypto";
import { remembered } from "./remembered.ts";

/** A typed column of a row of STG. */
type Value = string | number | boolean | null;

/**
 * Names one state of a record: SHA-256 in hex of the typed columns of its row but id and updated_at.
 *
 * Written down as lines `name=value`, one for each column that has a value (so a new column changes no hash), in
 * the order of their names, each ended by a line feed; in a value a backslash becomes `\\` and a line feed `\n`.
 * Whole numbers are plain digits; the columns of `numbers` have no plus, no zeros around their digits and no
 * point without a fraction; times are ISO 8601 in UTC with no more digits of a second than they have. The
 * functions stg.row_hash of the warehouse write the same text, on every server.
 */
export function hashRow(
  columns: Readonly<Record<string, Value>>,
  numbers: ReadonlySet<string>,
): string {
  let lines = "";
  for (const name of inOrder(Object.keys(columns).join())) {
    const value = columns[name];
    if (value === null || value === undefined) continue;
    const text = numbers.has(name) ? toPlainNumber(String(value)) : String(value);
    lines += `${name}=${NEEDS_ESCAPE.test(text) ? escape(text) : text}\n`;
  }
  return hashText(lines);
}

/** The rows of an entity all have the same columns, which need not be sorted for each. */
const inOrder = remembered((names: string) => names.split(",").sort());

const NEEDS_ESCAPE = /[\\\n]/;

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** "+007.50" as "7.5", "-0.0" as "0": as PostgreSQL writes the number without zeros behind its fraction. */
function toPlainNumber(text: string): string {
  const [, sign = "", whole = "", fraction = ""] = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text) ??
    [];
  const digits = `${whole || "0"}${fraction && `.${fraction}`}`;
  return sign === "-" && digits !== "0" ? `-${digits}` : digits;
}

/** SHA-256 in hex, e.g. of a rejected value: the key that keeps it from being kept twice. */
export function hashText(text: string): string {
  return hash("sha256", text);
}
