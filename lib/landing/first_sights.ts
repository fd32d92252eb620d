/** What is known of a row before it has landed. */
export interface Sighted {
  readonly id: number;
  readonly is_deleted: boolean;
}

/** Rows of one batch. */
export interface SplitRows<Row> {
  /** Of records that neither STG nor another row of the batch shows: they land, whatever they hold. */
  readonly first: readonly Row[];
  /** Of which STG, and the other rows among them, decide. */
  readonly doubtful: readonly Row[];
}

/** Tells, batch by batch, the first sights of records. */
export interface FirstSights {
  /** `sightOf` says of a row what is known of it. */
  split<Row>(rows: readonly Row[], sightOf: (row: Row) => Sighted): SplitRows<Row>;
}

/** Of a load into a table that holds rows: only that knows. */
export const NO_FIRST_SIGHTS: FirstSights = {
  split: (rows) => ({ first: [], doubtful: rows }),
};

/** Bits, a megabyte of them: of ids that come one after the other, as many millions have one each. */
const PLACES = 2 ** 23;

/**
 * Of a load into an empty table, to which nothing but the rows that it was asked of is added.
 *
 * A bit for each id, not the ids, which would fill the memory. Two ids may share one; the rows of both are doubtful then.
 * So is a marker of deletion, which lands behind a live row alone.
 */
export function createFirstSights(places = PLACES): FirstSights {
  const bits = new Uint8Array(Math.ceil(places / 8));
  return {
    split<Row>(rows: readonly Row[], sightOf: (row: Row) => Sighted) {
      const inBatch = new Map<number, number>();
      for (const row of rows) {
        const place = sightOf(row).id % places;
        inBatch.set(place, (inBatch.get(place) ?? 0) + 1);
      }
      const first: Row[] = [];
      const doubtful: Row[] = [];
      for (const row of rows) {
        const { id, is_deleted: isDeleted } = sightOf(row);
        const place = id % places;
        const isFirst = !isDeleted && inBatch.get(place) === 1 && !hasBit(bits, place);
        (isFirst ? first : doubtful).push(row);
      }
      for (const place of inBatch.keys()) setBit(bits, place);
      return { first, doubtful };
    },
  };
}

function hasBit(bits: Uint8Array, place: number): boolean {
  return ((bits[place >> 3] ?? 0) >> (place & 7) & 1) === 1;
}

function setBit(bits: Uint8Array, place: number): void {
  bits[place >> 3] = (bits[place >> 3] ?? 0) | 1 << (place & 7);
}
