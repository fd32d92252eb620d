import type { DeletedBy, StgRow } from "./landing.ts";
import type { Columns } from "./records.ts";
import type { Cell } from "./values.ts";

/** One version of a record in [validFrom, validTo). */
export interface Version {
  readonly id: number;
  readonly columns: Columns;
  /** Of the copy that opened it. */
  readonly updatedAt: number;
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly closedBy: DeletedBy | null;
}

/** A row with the time from which it counts. */
export interface Opening {
  readonly row: StgRow;
  readonly opensAt: number;
}

/**
 * The openings of a record's rows: `updated_at` where it can be believed, else the observation. `restoredAt` are
 * the times of its `lead_restored` events.
 */
export function openingsOf(
  rows: readonly StgRow[],
  restoredAt: readonly number[],
): readonly Opening[] {
  const openings: Opening[] = [];
  for (const row of rows) {
    const before = openings.at(-1);
    openings.push({ row, opensAt: openingOf(row, before, restoredAt) });
  }
  return openings;
}

function openingOf(
  row: StgRow,
  before: Opening | undefined,
  restoredAt: readonly number[],
): number {
  if (before === undefined) {
    const created = numberOf(row.columns?.created_at);
    // The earlier of the two, never before a creation that can be believed.
    return Math.min(row.observedAt, Math.max(row.updatedAt, created ?? -Infinity));
  }
  const isBelieved = row.updatedAt > before.opensAt && row.updatedAt <= row.observedAt;
  if (isBelieved) return row.updatedAt;
  const isReturn = before.row.columns === null && row.columns !== null;
  const restored = isReturn
    ? restoredAt.filter((at) => at >= before.opensAt && at <= row.observedAt)
    : [];
  return restored.length > 0 ? Math.max(...restored) : row.observedAt;
}

function numberOf(cell: Cell | undefined): number | null {
  return typeof cell === "number" ? cell : null;
}

/** Of openings at one time the last one stands. */
export function standing(openings: readonly Opening[]): readonly Opening[] {
  return openings.filter(({ opensAt }, i) => openings[i + 1]?.opensAt !== opensAt);
}

/** The versions that the rows of one record stand for, oldest first. */
export function versionsOf(
  rows: readonly StgRow[],
  restoredAt: readonly number[] = [],
): readonly Version[] {
  const versions: Version[] = [];
  const close = (validTo: number, closedBy: DeletedBy | null) => {
    const open = versions.at(-1);
    if (open?.validTo === null) versions[versions.length - 1] = { ...open, validTo, closedBy };
  };
  for (const { row, opensAt } of standing(openingsOf(rows, restoredAt))) {
    const open = versions.at(-1);
    if (row.columns === null) {
      close(opensAt, row.deletedBy);
    } else if (open?.validTo !== null || differ(open.columns, row.columns)) {
      close(opensAt, null);
      const { id, columns, updatedAt } = row;
      versions.push({ id, columns, updatedAt, validFrom: opensAt, validTo: null, closedBy: null });
    }
  }
  return versions;
}

/** Whether a business column differs; created_at is none. */
function differ(a: Columns, b: Columns): boolean {
  return Object.keys(b).some((name) => name !== "created_at" && a[name] !== b[name]);
}

/** The version that is valid now; undefined of a deleted record. */
export function currentOf(versions: readonly Version[]): Version | undefined {
  const last = versions.at(-1);
  return last?.validTo === null ? last : undefined;
}
