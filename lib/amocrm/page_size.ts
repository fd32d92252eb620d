import type { Logger } from "@logtape/logtape";
import { HeavyRead } from "./answers.ts";

/** How many rows to ask for at once; shared by all who read the same list. */
export interface PageSize {
  readonly rows: number;
  /** An answer with so many rows was too much: half of them from now on, 10 at least. */
  tooHeavy(rows: number): void;
  /** An answer with so many rows came. */
  wentWell(rows: number): void;
}

/** A read that is too heavy with so few rows is so for another reason. */
export const FEWEST_ROWS = 10;
const ANSWERS_BEFORE_MORE = 20;

/**
 * Starts with `most` rows. After 20 answers with fewer it tries twice as many: an outage of the gateway looks
 * like a heavy list, and a tenth of a page for hours would be its price. After each vain try it waits twice
 * as long.
 */
export function createPageSize(
  most: number,
  onChange: (rows: number) => void = () => {},
): PageSize {
  let rows = most;
  let patience = ANSWERS_BEFORE_MORE;
  let good = 0;
  let isTrial = false;
  return {
    get rows() {
      return rows;
    },
    tooHeavy(asked) {
      const half = Math.max(FEWEST_ROWS, Math.floor(asked / 2));
      // What was asked for before the size changed proves nothing about the new one.
      if (half >= rows) return;
      if (isTrial) patience *= 2;
      [rows, good, isTrial] = [half, 0, false];
      onChange(rows);
    },
    wentWell(asked) {
      if (asked !== rows) return;
      isTrial = false;
      if (rows === most || ++good < patience) return;
      [rows, good, isTrial] = [Math.min(most, rows * 2), 0, true];
      onChange(rows);
    },
  };
}

/** Says in the log from which size of page on a list is read; for `createPageSize`. */
export function logPageSize(log: Logger, path: string): (rows: number) => void {
  return (rows) => log.info("{path}: {rows} rows at once from here on", { path, rows });
}

/** Asks, with fewer rows each time that it is too much; `ask` throws `HeavyRead` then. */
export async function askBySize<T>(size: PageSize, ask: (rows: number) => Promise<T>): Promise<T> {
  for (;;) {
    const { rows } = size;
    try {
      const answer = await ask(rows);
      size.wentWell(rows);
      return answer;
    } catch (error) {
      if (!(error instanceof HeavyRead)) throw error;
      size.tooHeavy(rows);
    }
  }
}
