import { z } from "zod";
import type { Column, DataTable, PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { fleetWords } from "../words/fleet_page.ts";
import { usageColumns } from "./mart_columns.ts";
import { pageOf } from "./paged_table.ts";
import { carColumn } from "./record_columns.ts";

const MOST_CARS = 100;

const memberRows = z.array(z.object({
  level: z.enum(["model", "car"]),
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

type MemberRow = z.infer<typeof memberRows>[number];

/** The cars of the fleet with their figures; the best used first. */
export interface FleetCars {
  /** All of them. */
  readonly table: DataTable;
  /** Those of the page that is asked for. */
  readonly shown: DataTable;
  readonly page: number;
  readonly pages: number;
}

/** The models and the cars of the fleet with their figures; the best used first. */
export interface Members {
  readonly models: DataTable;
  readonly cars: FleetCars;
}

/** Reads the figures of each model and car over the months that the period touches, as they are now. */
export async function readMembers(request: PageRequest): Promise<Members> {
  const { ask, state } = request;
  const sqlFile = "dashboard/fleet_members.sql";
  const from = state.period.from.with({ day: 1 }).toString();
  const to = state.period.to.with({ day: 1 }).toString();
  return toMembers(request, await ask(sqlFile, [from, to, state.car, state.model]), sqlFile);
}

/** The models and cars that a file below sql/ found. */
export function toMembers(
  request: PageRequest,
  found: readonly unknown[],
  sqlFile: string,
): Members {
  const rows = memberRows.parse(found);
  const cars = membersTable(request, "car", rows, sqlFile);
  const { shown, ...place } = pageOf(request, cars.rows, MOST_CARS);
  return {
    models: membersTable(request, "model", rows, sqlFile),
    cars: { ...place, table: cars, shown: { ...cars, rows: shown } },
  };
}

function membersTable(
  request: PageRequest,
  level: MemberRow["level"],
  rows: readonly MemberRow[],
  sqlFile: string,
): DataTable {
  const words = fleetWords[request.state.language];
  return {
    name: level === "car" ? "cars" : "models",
    title: level === "car" ? words.carsTable : words.modelsTable,
    sqlFile,
    columns: [...headOf(request, level), ...figuresOf(request)],
    rows: rows.filter((row) => row.level === level)
      .map((row) => ({ ...row, plate: row.plate ?? row.car_id })),
  };
}

function headOf({ state }: PageRequest, level: MemberRow["level"]): Column[] {
  const words = figuresWords[state.language];
  const model: Column = {
    key: "model",
    title: words.model,
    kind: "text",
    linkTo: (row) => `/fleet?model=${encodeURIComponent(`${row.model}`)}`,
  };
  if (level === "model") return [model];
  return [
    carColumn(words.car),
    model,
    { key: "is_deleted", title: words.deletedCar, kind: "flag" },
  ];
}

function figuresOf({ state }: PageRequest): Column[] {
  const words = figuresWords[state.language];
  return [
    ...usageColumns(state.language),
    {
      key: "revenue",
      title: words.revenue,
      kind: "money",
      definition: "dm.revenue_month.revenue",
    },
    { key: "revpac", title: words.revpac, kind: "money", definition: "dm.revenue_month.revpac" },
  ];
}
