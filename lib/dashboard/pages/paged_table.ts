import { isWholeWanted, MOST_CSV_ROWS, type NamedTable } from "../page/csv_rows.ts";
import type { DataTable, PageRequest } from "../page/page.ts";
import { readPageNumber } from "./page_number.ts";

const USUAL_SIZE = 25;

/** A page of a long table. */
export interface PagedTable {
  readonly table: DataTable;
  readonly page: number;
  readonly pages: number;
  /** What the address calls the number of the page. */
  readonly parameter: string;
}

/** A list that is shown in pages. */
export interface PagedList extends NamedTable {
  /** How many rows all its pages have. */
  readonly total: number;
  readonly parameter: string;
  readonly size?: number;
}

/** Where a page of a list begins, and how long it is, as parameters of its SQL; of a CSV the whole list. */
export function readPlace(
  request: PageRequest,
  list: PagedList,
): Omit<PagedTable, "table"> & { readonly offset: string; readonly limit: string } {
  const { total, parameter, size = USUAL_SIZE } = list;
  if (isWholeWanted(request, list)) {
    return { page: 1, pages: 1, parameter, offset: "0", limit: String(MOST_CSV_ROWS) };
  }
  const pages = pagesOf(total, size);
  const page = readPageNumber(request, pages, parameter);
  return { page, pages, parameter, offset: String((page - 1) * size), limit: String(size) };
}

/** The page that is asked for of a list that was read whole. */
export function pageOf<T>(
  request: PageRequest,
  all: readonly T[],
  size: number,
): { readonly page: number; readonly pages: number; readonly shown: readonly T[] } {
  const pages = pagesOf(all.length, size);
  const page = readPageNumber(request, pages);
  return { page, pages, shown: all.slice((page - 1) * size, page * size) };
}

/** How many pages so many rows fill; a list without rows has one too. */
export function pagesOf(total: number, size: number): number {
  return Math.max(1, Math.ceil(total / size));
}
