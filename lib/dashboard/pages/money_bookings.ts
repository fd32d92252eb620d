import { z } from "zod";
import { isWholeWanted, MOST_CSV_ROWS } from "../page/csv_rows.ts";
import { askedRows, firstRows } from "../page/first_rows.ts";
import type { DataTable, PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { moneyWords } from "../words/money_page.ts";
import { stageName } from "../words/stage_name.ts";
import { askedPage, readPageNumber } from "./page_number.ts";
import { pagesOf } from "./paged_table.ts";
import { carColumn, leadColumn } from "./record_columns.ts";

const BOOKINGS_FILE = "dashboard/bookings_of_days.sql";
const UNATTRIBUTED_FILE = "dashboard/unattributed_bookings.sql";
const PAGE_SIZE = 100;

/** The largest ones: nobody turns the pages of hundreds of thousands, and a shorter period has the others. */
const MOST_BOOKINGS = 1000;

/** Of these in the page itself. */
const SHOWN_UNATTRIBUTED = 100;

const bookingRows = z.array(z.object({
  lead_id: z.string(),
  car_id: z.string(),
  plate: z.string().nullable(),
  stage: z.string(),
  first_day: z.string(),
  last_day: z.string(),
  rental_days: z.number().nullable(),
  amount: z.string().nullable(),
  share: z.string().nullable(),
  bookings: z.number(),
}));

const unattributedRows = z.array(z.object({
  lead_id: z.string(),
  usage_date: z.string(),
  revenue: z.string(),
  car_id: z.string().nullable(),
  plate: z.string().nullable(),
  stage: z.string().nullable(),
  lacks_amount: z.boolean().nullable(),
  lacks_car: z.boolean(),
  lacks_dates: z.boolean().nullable(),
  is_beyond_horizon: z.boolean(),
}));

/** The bookings behind the revenue of a period, a page of them. */
export interface Bookings {
  readonly table: DataTable;
  readonly page: number;
  readonly pages: number;
  /** There are more than can be turned to. */
  readonly isCut: boolean;
}

/** Reads the bookings that cover days of the period, the largest shares first. */
export async function readBookings(request: PageRequest): Promise<Bookings> {
  if (isWholeWanted(request, { table: "bookings" })) return await readAllBookings(request);
  const rows = await askBookings(request, {
    offset: (Math.max(1, askedPage(request)) - 1) * PAGE_SIZE,
    limit: PAGE_SIZE,
    most: MOST_BOOKINGS,
  });
  const bookings = rows[0]?.bookings ?? 0;
  const pages = pagesOf(Math.min(bookings, MOST_BOOKINGS), PAGE_SIZE);
  const isCut = bookings > MOST_BOOKINGS;
  const table = bookingsTable(request, rows);
  return {
    table: isCut ? table : { ...table, allRows: bookings },
    page: readPageNumber(request, pages),
    pages,
    isCut,
  };
}

async function readAllBookings(request: PageRequest): Promise<Bookings> {
  const found = await askBookings(request, { offset: 0, limit: null, most: MOST_CSV_ROWS });
  const { rows, isCut } = firstRows(found, MOST_CSV_ROWS);
  return { table: { ...bookingsTable(request, rows), isCut }, page: 1, pages: 1, isCut };
}

async function askBookings(
  request: PageRequest,
  { offset, limit, most }: {
    readonly offset: number;
    readonly limit: number | null;
    /** That are ranked. */
    readonly most: number;
  },
): Promise<z.infer<typeof bookingRows>> {
  const ranked = askedRows(most);
  const values = [...filtersOf(request), String(offset), String(limit ?? ranked), ranked];
  return bookingRows.parse(await request.ask(BOOKINGS_FILE, values));
}

function filtersOf({ state }: PageRequest): (string | number | null)[] {
  const { from, to } = state.period;
  return [
    state.asOf?.toString() ?? null,
    from.toString(),
    to.toString(),
    state.car,
    state.model,
  ];
}

function bookingsTable(
  { state }: PageRequest,
  rows: readonly z.infer<typeof bookingRows>[number][],
): DataTable {
  const words = moneyWords[state.language];
  const names = figuresWords[state.language];
  return {
    name: "bookings",
    title: words.bookingsTable,
    sqlFile: BOOKINGS_FILE,
    columns: [
      leadColumn(names.lead),
      { ...carColumn(names.car), key: "car" },
      { key: "stage_name", title: names.stage, kind: "text" },
      { key: "first_day", title: words.from, kind: "date" },
      { key: "last_day", title: words.to, kind: "date" },
      { key: "rental_days", title: words.rentalDays, kind: "count" },
      { key: "amount", title: names.amount, kind: "money" },
      { key: "share", title: words.share, kind: "money", definition: "dm.revenue_day.revenue" },
    ],
    rows: rows.map((row) => ({
      ...row,
      car: row.plate ?? row.car_id,
      stage_name: stageName(row.stage, state.language),
    })),
  };
}

/** Reads the bookings that are in no figure because they lack something. */
export async function readUnattributed(request: PageRequest): Promise<DataTable> {
  const { state } = request;
  const words = moneyWords[state.language];
  const names = figuresWords[state.language];
  const most = isWholeWanted(request, { table: "unattributed" })
    ? MOST_CSV_ROWS
    : SHOWN_UNATTRIBUTED;
  const found = unattributedRows.parse(
    await request.ask(UNATTRIBUTED_FILE, [...filtersOf(request), askedRows(most)]),
  );
  const { rows, isCut } = firstRows(found, most);
  return {
    name: "unattributed",
    title: words.unattributedTable,
    sqlFile: UNATTRIBUTED_FILE,
    columns: [
      leadColumn(names.lead),
      { key: "usage_date", title: names.day, kind: "date" },
      {
        key: "revenue",
        title: names.amount,
        kind: "money",
        definition: "dm.revenue_day.unattributed_revenue",
      },
      { key: "stage_name", title: names.stage, kind: "text" },
      carColumn(names.car),
      { key: "lacks_car", title: words.lacksCar, kind: "flag" },
      { key: "lacks_amount", title: words.lacksAmount, kind: "flag" },
      { key: "lacks_dates", title: words.lacksDates, kind: "flag" },
      { key: "is_beyond_horizon", title: words.beyondHorizon, kind: "flag" },
    ],
    rows: rows.map((row) => ({ ...row, stage_name: stageName(row.stage, state.language) })),
    isCut,
  };
}
