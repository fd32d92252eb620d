import { createHash } from "node:crypto";
import type { DeletedBy } from "./landing.ts";
import type { Columns } from "./records.ts";
import { type Cell, MICROS } from "./values.ts";

/** Columns that hold money, and those that hold moments; whole numbers, days and texts are written as they are. */
export const MONEY: ReadonlySet<string> = new Set(["budget", "dailyrate"]);
export const MOMENTS: ReadonlySet<string> = new Set([
  "created_at",
  "closed_at",
  "rental_start",
  "rental_end",
]);

/**
 * The name of a state: SHA-256 of lines `name=value` in the order of the names, for every typed column that has a
 * value, id and updated_at aside.
 */
export function hashOf(columns: Columns | null, deletedBy: DeletedBy | null): string {
  const cells: Record<string, Cell> = {
    ...columns,
    is_deleted: String(columns === null),
    deleted_by: deletedBy,
  };
  const lines = Object.keys(cells).sort().flatMap((name) => {
    const value = cells[name];
    return value === null || value === undefined ? [] : [`${name}=${write(name, value)}\n`];
  });
  return createHash("sha256").update(lines.join("")).digest("hex");
}

function write(name: string, value: string | number): string {
  if (typeof value === "string") return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  if (MONEY.has(name)) return writeMoney(value);
  return MOMENTS.has(name)
    ? Temporal.Instant.fromEpochMilliseconds(value * 1000).toString()
    : String(value);
}

function writeMoney(micros: number): string {
  const whole = Math.trunc(Math.abs(micros) / MICROS);
  const fraction = String(Math.abs(micros) % MICROS).padStart(6, "0").replace(/0+$/, "");
  return `${micros < 0 ? "-" : ""}${whole}${fraction && `.${fraction}`}`;
}
