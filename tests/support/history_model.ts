/** One copy of a record as STG holds it: whole seconds since a fixed start, and its business columns. */
export interface Copy {
  readonly id: number;
  readonly updatedAt: number;
  readonly observedAt: number;
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

/**
 * The history that a set of copies stands for, written down a second time from the rules of the
 * warehouse, one record after the other, so that the SQL can be held against it.
 */
export function versionsOf(copies: readonly Copy[]): readonly Version[] {
  return [...groupBy(copies, (copy) => copy.id).values()]
    .sort((a, b) => (a[0]?.id ?? 0) - (b[0]?.id ?? 0))
    .flatMap((ofOneRecord) => toVersions(oneForEachMoment(openings(ofOneRecord))));
}

function openings(copies: readonly Copy[]): readonly Opening[] {
  return [...groupBy(copies, (copy) => copy.updatedAt).values()].flatMap((ofOneUpdate) => {
    const sights = [...groupBy(ofOneUpdate, (copy) => copy.observedAt).values()]
      .map((together) => greatest(together, (a, b) => compare(a.rowHash, b.rowHash)))
      .sort((a, b) => a.observedAt - b.observedAt);
    return sights
      .map((copy, i) => ({ ...copy, opensAt: i === 0 ? copy.updatedAt : copy.observedAt }))
      .filter((copy, i) => i === 0 || copy.state !== sights[i - 1]?.state);
  });
}

function oneForEachMoment(all: readonly Opening[]): readonly Opening[] {
  return [...groupBy(all, (opening) => opening.opensAt).values()]
    .map((together) =>
      greatest(together, (a, b) => a.updatedAt - b.updatedAt || a.observedAt - b.observedAt)
    )
    .sort((a, b) => a.opensAt - b.opensAt);
}

function toVersions(inOrder: readonly Opening[]): readonly Version[] {
  const changes = inOrder.filter((opening, i) => opening.state !== (inOrder[i - 1]?.state ?? null));
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

function groupBy<T>(items: readonly T[], key: (item: T) => number): Map<number, T[]> {
  return Map.groupBy(items, key);
}

function greatest<T>(items: readonly T[], order: (a: T, b: T) => number): T {
  return items.reduce((best, item) => order(item, best) > 0 ? item : best);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
