import { hashRow } from "./row_hash.ts";

/** What says that a record was deleted. */
export interface Deletion {
  readonly id: number;
  /** The trash, an event, or the absence from a complete scan. */
  readonly deletedBy: "only_deleted" | "event" | "absence";
  /** ISO instant: of the answer that showed the trash, of the event itself, of the start of the scan. */
  readonly observedAt: string;
  /** ISO instant: what the row in the trash says of itself, else `observedAt`. */
  readonly updatedAt: string;
  /** The evidence: the row of the trash, the event, or the id alone. */
  readonly payload: object;
}

/** A marker as a row of STG: the columns that it has; all others are null. */
export interface MarkerRow {
  readonly [column: string]: string | number | boolean | object;
}

/** The row of STG that marks a record as deleted. */
export function toMarkerRow(
  { id, deletedBy, observedAt, updatedAt, payload }: Deletion,
): MarkerRow {
  const typed = { is_deleted: true, deleted_by: deletedBy };
  return {
    id,
    ...typed,
    updated_at: updatedAt,
    payload,
    row_hash: hashRow(typed, new Set()),
    observed_at: observedAt,
  };
}
