/** The rows that are shown of those that a query found. */
export interface FirstRows<T> {
  readonly rows: readonly T[];
  /** There are more than these. */
  readonly isCut: boolean;
}

/** How many rows a query is asked for where `most` are shown: one more, which tells whether that is all. */
export function askedRows(most: number): number {
  return most + 1;
}

/** The first `most` of the rows that a query gave when it was asked for `askedRows(most)`. */
export function firstRows<T>(rows: readonly T[], most: number): FirstRows<T> {
  return { rows: rows.slice(0, most), isCut: rows.length > most };
}
