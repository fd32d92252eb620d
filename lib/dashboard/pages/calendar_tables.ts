import type { DataTable, PageRequest } from "../page/page.ts";
import { calendarWords } from "../words/calendar_page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { stageName } from "../words/stage_name.ts";
import { type Booking, BOOKINGS_FILE, type CalendarDay, DAYS_FILE } from "./calendar_rows.ts";
import { carColumn, leadColumn } from "./record_columns.ts";

/** The bookings that the calendar shows. */
export function bookingsTable({ state }: PageRequest, bookings: readonly Booking[]): DataTable {
  const words = calendarWords[state.language];
  const names = figuresWords[state.language];
  return {
    name: "bookings",
    title: words.bookings,
    sqlFile: BOOKINGS_FILE,
    columns: [
      leadColumn(names.lead),
      carColumn(names.car),
      { key: "model", title: names.model, kind: "text" },
      { key: "client_name", title: words.client, kind: "text", isPersonal: true },
      { key: "stage_name", title: names.stage, kind: "text" },
      { key: "first_day", title: words.firstDay, kind: "date" },
      { key: "last_day", title: words.lastDay, kind: "date" },
      { key: "rental_start", title: words.start, kind: "planned" },
      { key: "rental_end", title: words.end, kind: "planned" },
      { key: "is_overdue", title: words.overdue, kind: "flag" },
      { key: "is_double_booked", title: words.doubleBooked, kind: "flag" },
    ],
    rows: bookings.map((booking) => ({
      ...booking,
      plate: booking.plate ?? booking.car_id,
      stage_name: stageName(booking.stage, state.language),
    })),
  };
}

/** The free cars of every day. */
export function freeDaysTable({ state }: PageRequest, days: readonly CalendarDay[]): DataTable {
  const words = calendarWords[state.language];
  return {
    name: "free",
    title: words.freeTable,
    sqlFile: DAYS_FILE,
    columns: [
      { key: "usage_date", title: words.day, kind: "date" },
      { key: "free_cars", title: words.freeCars, kind: "count" },
      { key: "car_days", title: words.fleetCars, kind: "count" },
      { key: "is_finished", title: words.isFinished, kind: "flag" },
    ],
    rows: days,
  };
}
