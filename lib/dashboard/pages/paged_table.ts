import type { DataTable, PageRequest } from "../page/page.ts";
import { readPageNumber } from "./page_number.ts";

const PAGE_SIZE = 25;

/** A page of a long table. */
export interface PagedTable {
  readonly table: DataTable;
  readonly page: number;
  readonly pages: number;
  /** What the address calls the number of the page. */
  readonly parameter: string;
}

/** Where a page of a table with so many rows begins, and how long it is, as parameters of its SQL. */
export function readPlace(
  request: PageRequest,
  total: number,
  parameter: string,
): Omit<PagedTable, "table"> & { readonly offset: string; readonly limit: string } {
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const page = readPageNumber(request, pages, parameter);
  const offset = String((page - 1) * PAGE_SIZE);
  return { page, pages, parameter, offset, limit: String(PAGE_SIZE) };
}
