import { z } from "zod";
import { BarChart } from "../charts/bar_chart.tsx";
import { extremesText, type FindingProps } from "../charts/finding.ts";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { siteLink } from "../frame/links.ts";
import { formatOf } from "../frame/view.ts";
import type { Notice } from "../page/notice.ts";
import type { DataTable, Markup, PageRequest, Period } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { moneyWords } from "../words/money_page.ts";
import { daysOf } from "./compared_periods.ts";
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

/** Reads the days of the fleet, or of the car or model that the page is about, as they are now. */
export async function readMoneyDays(request: PageRequest): Promise<MoneyDays> {
  const { ask, state } = request;
  const { from, to } = state.period;
  const isWhole = state.car === null && state.model === null;
  const sqlFile = isWhole ? "dashboard/money_days.sql" : "dashboard/money_car_days.sql";
  const filters = isWhole ? [] : [state.car, state.model];
  return await toMoneyDays(
    request,
    await ask(sqlFile, [from.toString(), to.toString(), ...filters]),
    sqlFile,
  );
}

/** The days that a file below sql/ found. */
export async function toMoneyDays(
  request: PageRequest,
  found: readonly unknown[],
  sqlFile: string,
): Promise<MoneyDays> {
  const { state } = request;
  const rows = dayRows.parse(found);
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

/** More bars than a screen can tell apart: of a longer period its months are drawn. */
const MOST_DAYS = 186;

interface Drawn {
  readonly step: "day" | "month";
  readonly points: readonly { readonly at: string; readonly value: string | number }[];
  readonly unfinished: readonly string[];
}

function drawnOf({ table: { rows } }: MoneyDays, period: Period): Drawn {
  const ahead = rows.filter((row) => row.is_ahead).map((row) => String(row.usage_date));
  if (daysOf(period) <= MOST_DAYS) {
    return {
      step: "day",
      points: rows.map((row) => ({ at: String(row.usage_date), value: String(row.revenue) })),
      unfinished: ahead,
    };
  }
  const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;
  const months = Map.groupBy(rows, (row) => monthOf(String(row.usage_date)));
  return {
    step: "month",
    points: [...months].map(([at, days]) => ({
      at,
      value: days.reduce((sum, { revenue }) => sum + Number(revenue), 0),
    })),
    unfinished: [...new Set(ahead.map(monthOf))],
  };
}

/** Revenue by day, by month where the days are many, hatched where it is not finished. */
export function MoneyDaysFigure(
  { request, days, define }: {
    readonly request: PageRequest;
    readonly days: MoneyDays;
    readonly define: Define;
  },
): Markup {
  const words = moneyWords[request.state.language];
  const { from, to } = request.state.period;
  const { step, points, unfinished } = drawnOf(days, request.state.period);
  const chart: FindingProps = {
    format: formatOf(request),
    kind: "money",
    axis: {
      step,
      from: (step === "day" ? from : from.with({ day: 1 })).toString(),
      to: (step === "day" ? to : to.with({ day: 1 })).toString(),
    },
    series: [{
      name: figuresWords[request.state.language].revenue,
      tone: "main",
      points,
    }],
    unfinished,
  };
  return (
    <ChartFigure
      view={request}
      id="revenue-days"
      title={words.revenueByDay}
      finding={extremesText(chart)}
      {...(step === "month" ? { subtitle: words.drawnByMonth } : {})}
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
        linkTo={(day) => {
          const last = step === "day" ? day : day.slice(0, 7);
          return siteLink(request, `/money?from=${last}&to=${last}#bookings`);
        }}
      />
    </ChartFigure>
  );
}
