import type { RejectedValue } from "./records/columns.ts";
import type { RejectedRecord } from "./records/record.ts";

/** How much of a load did not parse. */
export interface RejectCounts {
  rejectedRecords: number;
  rejectedValues: number;
  /** A few of the records that could not land: id and reason. */
  readonly examples: string[];
}

/** A record that became a row, maybe without some of its values, or one that could not land. */
export type Rejectable =
  | { readonly row: object; readonly id: number; readonly rejected: readonly RejectedValue[] }
  | RejectedRecord;

// A few bad records are everyday life, whatever their share of a small account.
const MIN_REJECTED = 10;
const NAMED_REJECTED = 3;

/** Of a load that has not begun. */
export function createRejectCounts(): RejectCounts {
  return { rejectedRecords: 0, rejectedValues: 0, examples: [] };
}

/** Counts what of a record did not parse. */
export function countRejected(counts: RejectCounts, record: Rejectable): void {
  if (record.row !== null) {
    counts.rejectedValues += record.rejected.length;
    return;
  }
  counts.rejectedRecords++;
  if (counts.examples.length < NAMED_REJECTED) {
    counts.examples.push(`${record.id ?? "one without an id"} (${record.reason})`);
  }
}

/**
 * Throws when too many of the `read` records could not land: then something is wrong with the account or with
 * this program. `what` names them, e.g. "leads".
 */
export function refuseTooMany(
  what: string,
  read: number,
  { rejectedRecords, examples }: RejectCounts,
  maxPercent: number,
): void {
  if (rejectedRecords < MIN_REJECTED || rejectedRecords * 100 <= maxPercent * read) return;
  throw new Error(
    `Cannot load ${what}: ${rejectedRecords} of ${read} records did not parse, expected at most ` +
      `${maxPercent} %: ${
        examples.join(", ")
      }, …: correct them in amoCRM and run again with --force, ` +
      "or raise MAX_REJECT_PERCENT",
  );
}
