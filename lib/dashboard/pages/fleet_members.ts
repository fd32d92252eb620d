import { z } from "zod";
import type { Column, DataTable, PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { fleetWords } from "../words/fleet_page.ts";
import { readPageNumber } from "./page_number.ts";

const SQL_FILE = "dashboard/fleet_members.sql";
const MOST_CARS = 100;

const memberRows = z.array(z.object({
  car_id: z.string(),
  plate: z.string().nullable(),
  model: z.string(),
  is_deleted: z.boolean(),
  car_days: z.number(),
  rented_days: z.number(),
  idle_days: z.number(),
  longest_idle_run: z.number(),
  double_booked_days: z.number(),
  utilisation: z.string().nullable(),
  revenue: z.string(),
  revpac: z.string().nullable(),
}));

/** The models, or the cars, of the fleet with their figures; the best used first. */
export interface Members {
  /** All of them. */
  readonly table: DataTable;
  /** Those of the page that is asked for. */
  readonly shown: DataTable;
  readonly page: number;
  readonly pages: number;
}

/** Reads the figures of each model or car over the months that the period touches. */
export async function readMembers(
  request: PageRequest,
  level: "model" | "car",
): Promise<Members> {
  const { ask, state } = request;
  const rows = memberRows.parse(
    await ask(SQL_FILE, [
      state.asOf?.toString() ?? null,
      state.period.from.with({ day: 1 }).toString(),
      state.period.to.with({ day: 1 }).toString(),
      level,
      level === "car" ? state.car : null,
      state.model,
    ]),
  );
  const pages = level === "car" ? Math.max(1, Math.ceil(rows.length / MOST_CARS)) : 1;
  const page = level === "car" ? readPageNumber(request, pages) : 1;
  const words = fleetWords[state.language];
  const table: DataTable = {
    name: level === "car" ? "cars" : "models",
    title: level === "car" ? words.carsTable : words.modelsTable,
    sqlFile: SQL_FILE,
    columns: [...headOf(request, level), ...figuresOf(request)],
    rows: rows.map((row) => ({ ...row, plate: row.plate ?? row.car_id })),
  };
  const shown = level === "car"
    ? { ...table, rows: table.rows.slice((page - 1) * MOST_CARS, page * MOST_CARS) }
    : table;
  return { table, shown, page, pages };
}

function headOf({ state }: PageRequest, level: "model" | "car"): Column[] {
  const words = figuresWords[state.language];
  const model: Column = {
    key: "model",
    title: words.model,
    kind: "text",
    linkTo: (row) => `/fleet?model=${encodeURIComponent(`${row.model}`)}`,
  };
  if (level === "model") return [model];
  return [
    {
      key: "plate",
      title: words.car,
      kind: "text",
      linkTo: (row) => `/history/car/${row.car_id}`,
    },
    model,
    { key: "is_deleted", title: words.deletedCar, kind: "flag" },
  ];
}

function figuresOf({ state }: PageRequest): Column[] {
  const words = figuresWords[state.language];
  const of = (column: string) => `dm.fleet_utilisation_month.${column}`;
  return [
    { key: "utilisation", title: words.utilisation, kind: "ratio", definition: of("utilisation") },
    { key: "rented_days", title: words.rentedDays, kind: "count", definition: of("rented_days") },
    { key: "car_days", title: words.carDays, kind: "count", definition: of("car_days") },
    { key: "idle_days", title: words.idleDays, kind: "count", definition: of("idle_days") },
    {
      key: "longest_idle_run",
      title: words.longestIdleRun,
      kind: "count",
      definition: of("longest_idle_run"),
    },
    {
      key: "double_booked_days",
      title: words.doubleBookedDays,
      kind: "count",
      definition: of("double_booked_days"),
    },
    {
      key: "revenue",
      title: words.revenue,
      kind: "money",
      definition: "dm.revenue_month.revenue",
    },
    { key: "revpac", title: words.revpac, kind: "money", definition: "dm.revenue_month.revpac" },
  ];
}
