import { createHash } from "node:crypto";

/**
 * Names one state of a record: SHA-256 in hex of the canonical JSON of its typed columns and itself.
 *
 * Canonical: keys sorted at every depth, no blanks. Left out are `_links` at any depth (in a list they carry
 * the page number, so the same lead would look new on another page) and the record's `account_id`, which is
 * the same everywhere. The typed columns are in it so that a changed time zone or field map shows as a new state.
 */
export function hashRow(columns: Readonly<Record<string, unknown>>, record: unknown): string {
  const text = `[${toCanonicalJson(columns)},${toCanonicalJson(withoutAccount(record))}]`;
  return createHash("sha256").update(text).digest("hex");
}

function withoutAccount(record: unknown): unknown {
  if (typeof record !== "object" || record === null || !("account_id" in record)) return record;
  const { account_id: _, ...rest } = record;
  return rest;
}

function toCanonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(",")}]`;
  const members = Object.keys(value)
    .filter((key) => key !== "_links")
    .sort()
    .map((key) => `${JSON.stringify(key)}:${toCanonicalJson(Reflect.get(value, key))}`);
  return `{${members.join(",")}}`;
}

/** SHA-256 in hex of a rejected value: the key that keeps it from being kept twice. */
export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
