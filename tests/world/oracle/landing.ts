import { type Columns } from "./records.ts";
import { compareText } from "./values.ts";

export type DeletedBy = "only_deleted" | "event" | "absence";

/** A row of STG: a fact about one moment. Columns null: the record was deleted. */
export interface StgRow {
  readonly id: number;
  readonly observedAt: number;
  readonly updatedAt: number;
  readonly columns: Columns | null;
  readonly deletedBy: DeletedBy | null;
  readonly hash: string;
}

/** The rows of an entity by id, each list in the order of the law. */
export type Landed = Map<number, StgRow[]>;

/** The order of a record's rows: by observation, then updated_at, live copies before markers, then the hash. */
export function inOrder(a: StgRow, b: StgRow): number {
  return a.observedAt - b.observedAt || a.updatedAt - b.updatedAt ||
    Number(a.columns === null) - Number(b.columns === null) || compareText(a.hash, b.hash);
}

/**
 * Lands what one load hands over: a copy lands when it differs from the row before it, and only then.
 *
 * `mayBegin` says of a live copy of an unknown record whether it may be its first row.
 */
export function land(
  landed: Landed,
  copies: readonly StgRow[],
  mayBegin: (copy: StgRow) => boolean = () => true,
): void {
  for (const copy of [...copies].sort(inOrder)) {
    const rows = landed.get(copy.id) ?? [];
    const isKnown = rows.some((row) =>
      row.observedAt === copy.observedAt && row.hash === copy.hash
    );
    if (isKnown) continue;
    const before = rows.findLast((row) => inOrder(row, copy) < 0);
    const isNews = before === undefined
      ? copy.columns !== null && (rows.length > 0 || mayBegin(copy))
      : differs(before, copy);
    if (isNews) landed.set(copy.id, [...rows, copy].sort(inOrder));
  }
}

function differs(before: StgRow, copy: StgRow): boolean {
  // A marker after a marker lands nothing, whatever it says.
  if (before.columns === null && copy.columns === null) return false;
  return before.hash !== copy.hash || before.updatedAt !== copy.updatedAt;
}

/** The newest row of a record. */
export function newest(landed: Landed, id: number): StgRow | undefined {
  return landed.get(id)?.at(-1);
}
