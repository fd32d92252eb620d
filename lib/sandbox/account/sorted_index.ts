/** Rows with an id, kept in an order that is brought up to date when it is read. */
export interface SortedIndex<T> {
  /** The row is new, has changed or is gone; cheap, the work waits for the next read. */
  touch(id: number): void;
  /** Every row in order. The array is replaced, never changed, so a reader may keep it. */
  rows(): readonly T[];
}

/**
 * An ordered view of the rows that `lookup` returns.
 *
 * Sorting 200,000 leads anew after every write would take longer than the pause between two requests, so
 * a read merges the few touched rows into the order of the others: one pass.
 */
export function createSortedIndex<T extends { readonly id: number }>(
  all: () => Iterable<T>,
  lookup: (id: number) => T | undefined,
  compare: (a: T, b: T) => number,
): SortedIndex<T> {
  let ordered: T[] | undefined;
  const touched = new Set<number>();
  return {
    touch: (id) => void touched.add(id),
    rows() {
      if (ordered === undefined) {
        ordered = [...all()].sort(compare);
      } else if (touched.size > 0) {
        const moved = [...touched].flatMap((id) => lookup(id) ?? []).sort(compare);
        ordered = merge(ordered.filter((row) => !touched.has(row.id)), moved, compare);
      }
      touched.clear();
      return ordered;
    },
  };
}

function merge<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
): T[] {
  const merged: T[] = [];
  let next = 0;
  for (const row of left) {
    for (; next < right.length; next++) {
      const candidate = right[next];
      if (candidate === undefined || compare(candidate, row) >= 0) break;
      merged.push(candidate);
    }
    merged.push(row);
  }
  return [...merged, ...right.slice(next)];
}
