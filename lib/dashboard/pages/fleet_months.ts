import { z } from "zod";
import type { ChartAxis, ChartPoint } from "../charts/chart.ts";
import type { Notice } from "../page/notice.ts";
import type { DataTable, PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { fleetWords } from "../words/fleet_page.ts";
import { usageColumns } from "./mart_columns.ts";
import { monthAddress, monthsAsked, monthsShown } from "./own_periods.ts";

const monthRows = z.array(z.object({
  month: z.string(),
  car_days: z.number(),
  rented_days: z.number(),
  idle_days: z.number(),
  double_booked_days: z.number(),
  longest_idle_run: z.number(),
  utilisation: z.string().nullable(),
  days_so_far: z.number(),
  is_complete: z.boolean(),
}));

/** Utilisation by month, and what it was a year earlier. */
export interface FleetMonths {
  readonly table: DataTable;
  readonly axis: ChartAxis;
  readonly points: readonly ChartPoint[];
  /** At the months a year later. */
  readonly yearBefore: readonly ChartPoint[];
  readonly unfinished: readonly string[];
  /** What they are of: the fleet, a model or a car. */
  readonly name: string;
  readonly notices: readonly Notice[];
}

/** Reads the months of the period, and those before it that make a year of them, as they are now. */
export async function readFleetMonths(request: PageRequest): Promise<FleetMonths> {
  const { ask, state } = request;
  const sqlFile = "dashboard/fleet_months.sql";
  const { from, to } = monthsAsked(state.period);
  const values = [from.toString(), to.toString(), state.car, state.model];
  return await toFleetMonths(request, await ask(sqlFile, values), sqlFile);
}

/** The months that a file below sql/ found. */
export async function toFleetMonths(
  request: PageRequest,
  found: readonly unknown[],
  sqlFile: string,
): Promise<FleetMonths> {
  const { state } = request;
  const { from, to } = monthsShown(state.period);
  const rows = monthRows.parse(found);
  const shown = rows.filter(({ month }) => month >= from.toString());
  const pointOf = (month: string, value: string | null) => ({ at: month, value });
  return {
    notices: await request.notices(sqlFile),
    table: monthsTable(state.language, shown, sqlFile),
    axis: { step: "month", from: from.toString(), to: to.toString() },
    points: shown.map(({ month, utilisation }) => pointOf(month, utilisation)),
    yearBefore: rows.map(({ month, utilisation }) =>
      pointOf(Temporal.PlainDate.from(month).add({ years: 1 }).toString(), utilisation)
    ),
    unfinished: shown.filter((row) => !row.is_complete).map(({ month }) => month),
    name: state.model ??
      (state.car === null ? fleetWords[state.language].wholeFleet : `${state.car}`),
  };
}

function monthsTable(
  language: PageRequest["state"]["language"],
  rows: z.infer<typeof monthRows>,
  sqlFile: string,
): DataTable {
  const words = figuresWords[language];
  const of = (column: string) => `dm.fleet_utilisation_month.${column}`;
  return {
    name: "months",
    title: fleetWords[language].utilisationByMonth,
    sqlFile,
    columns: [
      {
        key: "month",
        title: words.month,
        kind: "month",
        linkTo: ({ month }) => `/fleet?${new URLSearchParams(monthAddress(`${month}`))}`,
      },
      ...usageColumns(language),
      { key: "days_so_far", title: words.daysSoFar, kind: "count", definition: of("days_so_far") },
      { key: "is_complete", title: words.isComplete, kind: "flag", definition: of("is_complete") },
    ],
    rows,
  };
}
