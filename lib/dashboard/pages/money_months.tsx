import { z } from "zod";
import { BarChart } from "../charts/bar_chart.tsx";
import type { AxisChartProps, ChartSeries } from "../charts/chart.ts";
import { extremesText, type FindingProps } from "../charts/finding.ts";
import { LineChart } from "../charts/line_chart.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { siteLink } from "../frame/links.ts";
import { Grid } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import type { Notice } from "../page/notice.ts";
import type { DataTable, Markup, PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { moneyWords } from "../words/money_page.ts";
import type { Define } from "./definitions.ts";
import { rateColumns } from "./mart_columns.ts";
import { monthAddress, monthsAsked, monthsShown } from "./own_periods.ts";

const monthRows = z.array(z.object({
  month: z.string(),
  revenue: z.string(),
  rented_days: z.number(),
  charged_days: z.number(),
  unpriced_days: z.number(),
  car_days: z.number(),
  adr: z.string().nullable(),
  rpd: z.string().nullable(),
  revpac: z.string().nullable(),
  utilisation: z.string().nullable(),
  unattributed_revenue: z.string(),
  unattributed_bookings: z.number(),
  revenue_ahead: z.string(),
  rented_days_ahead: z.number(),
  unattributed_revenue_ahead: z.string(),
  unattributed_bookings_ahead: z.number(),
  days_so_far: z.number(),
  is_complete: z.boolean(),
}));

type MonthRow = z.infer<typeof monthRows>[number];

/** The money of the months of the period and of those that make a year of them. */
export interface MoneyMonths {
  readonly table: DataTable;
  readonly axis: AxisChartProps["axis"];
  readonly shown: readonly MonthRow[];
  /** Also a year further back. */
  readonly all: readonly MonthRow[];
  readonly notices: readonly Notice[];
}

/** Reads the months of the fleet, or of the car or model that the page is about, as they are now. */
export async function readMoneyMonths(request: PageRequest): Promise<MoneyMonths> {
  const { ask, state } = request;
  const sqlFile = "dashboard/money_months.sql";
  const { from, to } = monthsAsked(state.period);
  const values = [from.toString(), to.toString(), state.car, state.model];
  return await toMoneyMonths(request, await ask(sqlFile, values), sqlFile);
}

/** The months that a file below sql/ found. */
export async function toMoneyMonths(
  request: PageRequest,
  found: readonly unknown[],
  sqlFile: string,
): Promise<MoneyMonths> {
  const { from, to } = monthsShown(request.state.period);
  const all = monthRows.parse(found);
  const shown = all.filter(({ month }) => month >= from.toString());
  return {
    all,
    shown,
    axis: { step: "month", from: from.toString(), to: to.toString() },
    notices: await request.notices(sqlFile),
    table: monthsTable(request, shown, sqlFile),
  };
}

function monthsTable(
  { state }: PageRequest,
  rows: readonly MonthRow[],
  sqlFile: string,
): DataTable {
  const words = figuresWords[state.language];
  const { onTheBooks } = moneyWords[state.language];
  return {
    name: "months",
    title: moneyWords[state.language].revenueByMonth,
    sqlFile,
    columns: [
      {
        key: "month",
        title: words.month,
        kind: "month",
        linkTo: ({ month }) => linkTo(`${month}`),
      },
      ...rateColumns(state.language, "dm.revenue_month"),
      {
        key: "utilisation",
        title: words.utilisation,
        kind: "ratio",
        definition: "dm.revenue_month.utilisation",
      },
      {
        key: "revenue_ahead",
        title: `${onTheBooks}: ${words.revenue}`,
        kind: "money",
        definition: "dm.revenue_month.revenue_ahead",
      },
      {
        key: "rented_days_ahead",
        title: `${onTheBooks}: ${words.rentedDays}`,
        kind: "count",
        definition: "dm.revenue_month.rented_days_ahead",
      },
      {
        key: "unattributed_revenue_ahead",
        title: `${onTheBooks}: ${words.unattributedRevenue}`,
        kind: "money",
        definition: "dm.revenue_month.unattributed_revenue_ahead",
      },
      {
        key: "unattributed_bookings_ahead",
        title: `${onTheBooks}: ${words.unattributedBookings}`,
        kind: "count",
        definition: "dm.revenue_month.unattributed_bookings_ahead",
      },
      { key: "days_so_far", title: words.daysSoFar, kind: "count" },
      { key: "is_complete", title: words.isComplete, kind: "flag" },
    ],
    rows,
  };
}

function linkTo(month: string): string {
  return `/money?${new URLSearchParams(monthAddress(month))}`;
}

interface FiguresProps {
  readonly request: PageRequest;
  readonly months: MoneyMonths;
  readonly define: Define;
}

/** Revenue and revenue per day, month by month. */
export function MoneyMonthsFigures(props: FiguresProps): Markup {
  return (
    <Grid>
      <RevenueFigure {...props} />
      <RatesFigure {...props} />
    </Grid>
  );
}

function RevenueFigure({ request, months, define }: FiguresProps): Markup {
  const words = moneyWords[request.state.language];
  const points = months.shown.map((row) => ({ at: row.month, value: row.revenue }));
  const yearBefore = months.all.map((row) => ({
    at: Temporal.PlainDate.from(row.month).add({ years: 1 }).toString(),
    value: row.revenue,
  }));
  const chart: FindingProps = {
    format: formatOf(request),
    kind: "money",
    axis: months.axis,
    series: [
      { name: words.thisYear, tone: "main", points },
      { name: words.yearBefore, tone: "main", points: yearBefore, isComparison: true },
    ],
    unfinished: unfinishedOf(months),
  };
  return (
    <ChartFigure
      view={request}
      id="revenue-months"
      title={words.revenueByMonth}
      finding={extremesText(chart)}
      table={months.table}
      notices={months.notices}
      definition={define("dm.revenue_month.revenue")}
    >
      <BarChart
        {...chart}
        id="revenue-months-chart"
        title={words.revenueByMonth}
        description={words.monthsChart}
        emptyText={words.noMonths}
        linkTo={(month) => siteLink(request, linkTo(month))}
      />
    </ChartFigure>
  );
}

function RatesFigure({ request, months, define }: FiguresProps): Markup {
  const words = moneyWords[request.state.language];
  const names = figuresWords[request.state.language];
  const seriesOf = (key: "adr" | "rpd" | "revpac", tone: ChartSeries["tone"]): ChartSeries => ({
    name: names[key],
    tone,
    points: months.shown.map((row) => ({ at: row.month, value: row[key] })),
  });
  return (
    <ChartFigure
      view={request}
      id="rates-months"
      title={words.ratesByMonth}
      table={{ ...months.table, title: words.ratesByMonth }}
      notices={months.notices}
      definition={define("dm.revenue_month.revpac")}
    >
      <LineChart
        id="rates-months-chart"
        title={words.ratesByMonth}
        description={words.ratesChart}
        format={formatOf(request)}
        kind="money"
        emptyText={words.noMonths}
        axis={months.axis}
        series={[seriesOf("adr", "second"), seriesOf("rpd", "third"), seriesOf("revpac", "main")]}
        unfinished={unfinishedOf(months)}
      />
    </ChartFigure>
  );
}

function unfinishedOf({ shown }: MoneyMonths): string[] {
  return shown.filter((row) => !row.is_complete).map(({ month }) => month);
}
