/** One copy of a record as STG holds it: whole seconds since a fixed start, and its business columns. */
export interface Copy {
  readonly id: number;
  readonly updatedAt: number;
  readonly observedAt: number;
  readonly createdAt: number | null;
  readonly rowHash: string;
  /** null: the record was seen deleted. */
  readonly state: string | null;
  readonly deletedBy: string | null;
}

/** One version of a record as ODS should hold it. */
export interface Version {
  readonly id: number;
  readonly state: string;
  readonly updatedAt: number;
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly closedBy: string | null;
}

type Opening = Copy & { readonly opensAt: number };

/** What a history is made of: all copies of STG in any order, and when which record was restored. */
export interface Source {
  readonly copies: readonly Copy[];
  readonly restores: readonly { readonly id: number; readonly at: number }[];
}

/**
 * The history that a set of copies stands for, written down a second time from the rules of the
 * warehouse, one record and one row after the other, so that the SQL can be held against it.
 */
export function versionsOf({ copies, restores }: Source): readonly Version[] {
  return [...Map.groupBy(copies, (copy) => copy.id)]
    .sort(([a], [b]) => a - b)
    .flatMap(([id, ofOneRecord]) => {
      const restoredAt = restores.filter((restore) => restore.id === id).map(({ at }) => at);
      return toVersions(oneForEachMoment(openings(ofOneRecord, restoredAt)));
    });
}

function inOrder(a: Copy, b: Copy): number {
  const isDeleted = (copy: Copy) => Number(copy.state === null);
  return a.observedAt - b.observedAt || a.updatedAt - b.updatedAt || isDeleted(a) - isDeleted(b) ||
    compare(a.rowHash, b.rowHash);
}

function openings(copies: readonly Copy[], restoredAt: readonly number[]): readonly Opening[] {
  const opened: Opening[] = [];
  for (const copy of copies.toSorted(inOrder)) {
    opened.push({ ...copy, opensAt: opening(copy, opened.at(-1), restoredAt) });
  }
  return opened;
}

function opening(copy: Copy, before: Opening | undefined, restoredAt: readonly number[]): number {
  const { updatedAt, observedAt } = copy;
  const isBelievable = updatedAt <= observedAt;
  if (!before) {
    const first = isBelievable ? updatedAt : observedAt;
    const created = copy.createdAt ?? first;
    return created <= observedAt ? Math.max(first, created) : observedAt;
  }
  if (isBelievable && updatedAt > before.opensAt) return updatedAt;
  const isReturn = before.state === null && copy.state !== null;
  const restores = restoredAt.filter((at) => at >= before.opensAt && at <= observedAt);
  return isReturn && restores.length > 0 ? Math.max(...restores) : observedAt;
}

function oneForEachMoment(all: readonly Opening[]): readonly Opening[] {
  return all.filter((one, i) => one.opensAt !== all[i + 1]?.opensAt);
}

function toVersions(ofMoments: readonly Opening[]): readonly Version[] {
  const changes = ofMoments.filter((one, i) => one.state !== (ofMoments[i - 1]?.state ?? null));
  return changes.flatMap(({ id, state, updatedAt, opensAt }, i) => {
    const next = changes[i + 1];
    if (state === null) return [];
    return [{
      id,
      state,
      updatedAt,
      validFrom: opensAt,
      validTo: next?.opensAt ?? null,
      closedBy: next?.deletedBy ?? null,
    }];
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
