import type { PageRequest } from "./page.ts";

/** The most rows of a list in a CSV, which is made in memory. Where there are more, the file's name says so. */
export const MOST_CSV_ROWS = 100_000;

/** A table of a page, by its name; the first one is also meant where none is named. */
export interface NamedTable {
  readonly table: string;
  readonly isFirst?: boolean;
}

/** Whether the table is asked for as a CSV, so that all its rows are wanted and not those of one page. */
export function isWholeWanted(
  { csvTable }: Pick<PageRequest, "csvTable">,
  { table, isFirst = false }: NamedTable,
): boolean {
  return csvTable === table || (csvTable === "" && isFirst);
}
