import type { Version } from "./record_history.ts";

/** Bookkeeping, and what the headings say. */
const UNSHOWN: ReadonlySet<string> = new Set(["id", "valid_from", "is_current", "load_date"]);

/** They differ from those of the version before as a matter of course. */
const TIMES_OF_VERSIONS = ["valid_to", "closed_by", "updated_at"];

/** The columns to show of some versions, in the order of the table: those with a value in any of them. */
export function shownColumns(versions: readonly Version[]): readonly string[] {
  return Object.keys(versions[0] ?? {}).filter((name) =>
    !UNSHOWN.has(name) && versions.some((version) => version[name] !== null)
  );
}

/** Whether a value differs from that of the version before. */
export function isChange(name: string, before: Version, version: Version): boolean {
  return !TIMES_OF_VERSIONS.includes(name) && toText(before[name]) !== toText(version[name]);
}

/** A value of a version as text; nothing of null. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;

/** Whether a text of a version is a moment. */
export function isMoment(text: string): boolean {
  return INSTANT.test(text) && !Number.isNaN(Date.parse(text));
}
