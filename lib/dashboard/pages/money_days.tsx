import { z } from "zod";
import { BarChart } from "../charts/bar_chart.tsx";
import { extremesText, type FindingProps } from "../charts/finding.ts";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { siteLink } from "../frame/links.ts";
import { formatOf } from "../frame/view.ts";
import type { Notice } from "../page/notice.ts";
import type { DataTable, Markup, PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { moneyWords } from "../words/money_page.ts";
import type { Define } from "./definitions.ts";
import { rateColumns } from "./mart_columns.ts";

const dayRows = z.array(z.object({
  usage_date: z.string(),
  revenue: z.string(),
  rented_days: z.number(),
  charged_days: z.number(),
  unpriced_days: z.number(),
  car_days: z.number().nullable(),
  adr: z.string().nullable(),
  rpd: z.string().nullable(),
  revpac: z.string().nullable(),
  unattributed_revenue: z.string(),
  unattributed_bookings: z.number(),
  is_ahead: z.boolean(),
}));

/** The money of each day of the period. */
export interface MoneyDays {
  readonly table: DataTable;
  readonly notices: readonly Notice[];
}

/** Reads the days of the fleet, or of the car or model that the page is about. */
export async function readMoneyDays(request: PageRequest): Promise<MoneyDays> {
  const { ask, state } = request;
  const isWhole = state.car === null && state.model === null;
  const sqlFile = isWhole ? "dashboard/money_days.sql" : "dashboard/money_car_days.sql";
  const rows = dayRows.parse(
    await ask(sqlFile, [
      state.asOf?.toString() ?? null,
      state.period.from.toString(),
      state.period.to.toString(),
      ...(isWhole ? [] : [state.car, state.model]),
    ]),
  );
  const words = figuresWords[state.language];
  return {
    notices: await request.notices(sqlFile),
    table: {
      name: "days",
      title: moneyWords[state.language].revenueByDay,
      sqlFile,
      columns: [
        {
          key: "usage_date",
          title: words.day,
          kind: "date",
          linkTo: ({ usage_date: day }) => `/money?from=${day}&to=${day}#bookings`,
        },
        ...rateColumns(state.language, "dm.revenue_day"),
        { key: "is_ahead", title: words.isAhead, kind: "flag" },
      ],
      rows,
    },
  };
}

/** Revenue by day, hatched where the day is not finished. */
export function MoneyDaysFigure(
  { request, days, define }: {
    readonly request: PageRequest;
    readonly days: MoneyDays;
    readonly define: Define;
  },
): Markup {
  const words = moneyWords[request.state.language];
  const { from, to } = request.state.period;
  const { rows } = days.table;
  const chart: FindingProps = {
    format: formatOf(request),
    kind: "money",
    axis: { step: "day", from: from.toString(), to: to.toString() },
    series: [{
      name: figuresWords[request.state.language].revenue,
      tone: "main",
      points: rows.map((row) => ({ at: String(row.usage_date), value: String(row.revenue) })),
    }],
    unfinished: rows.filter((row) => row.is_ahead).map((row) => String(row.usage_date)),
  };
  return (
    <ChartFigure
      view={request}
      id="revenue-days"
      title={words.revenueByDay}
      finding={extremesText(chart)}
      table={days.table}
      notices={days.notices}
      definition={define("dm.revenue_day.revenue")}
    >
      <BarChart
        {...chart}
        id="revenue-days-chart"
        title={words.revenueByDay}
        description={words.revenueChart}
        emptyText={words.noDays}
        linkTo={(day) => siteLink(request, `/money?from=${day}&to=${day}#bookings`)}
      />
    </ChartFigure>
  );
}
