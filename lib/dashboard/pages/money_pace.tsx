import { z } from "zod";
import { slotsOf } from "../charts/axis.ts";
import { extremesText, type FindingProps } from "../charts/finding.ts";
import { LineChart } from "../charts/line_chart.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { formatOf } from "../frame/view.ts";
import type { Notice } from "../page/notice.ts";
import type { Column, DataTable, Markup, PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { type MoneyWords, moneyWords } from "../words/money_page.ts";
import type { Build } from "./build.ts";
import type { Define } from "./definitions.ts";

const SQL_FILE = "dashboard/pace.sql";

/** How far ahead pace is shown; the CSV of a longer period is the mart itself. */
const DAYS_AHEAD = 90;

const paceRows = z.array(z.object({
  as_of: z.string(),
  stay_date: z.string(),
  booked_days: z.number(),
  revenue: z.string(),
  pickup_1_days: z.number().nullable(),
  pickup_1_revenue: z.string().nullable(),
  pickup_7_days: z.number().nullable(),
  pickup_7_revenue: z.string().nullable(),
  pickup_28_days: z.number().nullable(),
  pickup_28_revenue: z.string().nullable(),
  last_year_days: z.number().nullable(),
  last_year_revenue: z.string().nullable(),
}));

/** What is on the books for the days after the last finished one. */
export interface Pace {
  readonly table: DataTable;
  readonly from: string;
  readonly to: string;
  /** The day at the end of which it stood so. */
  readonly asOf: string;
  readonly notices: readonly Notice[];
}

export async function readPace(request: PageRequest, build: Build): Promise<Pace> {
  const from = build.lastFinishedDay.add({ days: 1 }).toString();
  const days = Math.min(DAYS_AHEAD, build.horizonDays);
  const to = build.lastFinishedDay.add({ days }).toString();
  const rows = paceRows.parse(
    await request.ask(SQL_FILE, [request.state.asOf?.toString() ?? null, from, to]),
  );
  const words = moneyWords[request.state.language];
  return {
    from,
    to,
    asOf: rows[0]?.as_of ?? build.lastFinishedDay.toString(),
    notices: await request.notices(SQL_FILE),
    table: {
      name: "pace",
      title: words.pace,
      sqlFile: SQL_FILE,
      columns: paceColumns(words, figuresWords[request.state.language].revenue),
      rows,
    },
  };
}

function paceColumns(words: MoneyWords, revenue: string): Column[] {
  const of = (column: string) => `dm.booking_pace.${column}`;
  const pickup = ([1, 7, 28] as const).flatMap((days): Column[] => [
    {
      key: `pickup_${days}_days`,
      title: words.pickup(days),
      kind: "count",
      definition: of(`pickup_${days}_days`),
    },
    {
      key: `pickup_${days}_revenue`,
      title: words.pickupRevenue(days),
      kind: "money",
      definition: of(`pickup_${days}_revenue`),
    },
  ]);
  return [
    { key: "stay_date", title: words.stayDate, kind: "date" },
    { key: "booked_days", title: words.bookedDays, kind: "count", definition: of("booked_days") },
    { key: "revenue", title: revenue, kind: "money", definition: of("revenue") },
    ...pickup,
    {
      key: "last_year_days",
      title: words.lastYearDays,
      kind: "count",
      definition: of("last_year_days"),
    },
    {
      key: "last_year_revenue",
      title: words.lastYearRevenue,
      kind: "money",
      definition: of("last_year_revenue"),
    },
  ];
}

/** Booked days of each later day, beside those of a year before at the same distance. */
export function PaceFigure(
  { request, pace, build, define }: {
    readonly request: PageRequest;
    readonly pace: Pace;
    readonly build: Build;
    readonly define: Define;
  },
): Markup {
  const words = moneyWords[request.state.language];
  const format = formatOf(request);
  const since = build.firstLoadDay;
  const rows = new Map(pace.table.rows.map((row) => [String(row.stay_date), row]));
  const numberOf = (day: string, key: "booked_days" | "last_year_days") => {
    const value = rows.get(day)?.[key];
    return typeof value === "number" ? value : null;
  };
  const days = rows.size === 0 ? [] : slotsOf({ step: "day", from: pace.from, to: pace.to });
  const chart: FindingProps = {
    format,
    kind: "count",
    axis: { step: "day", from: pace.from, to: pace.to },
    series: [
      {
        name: words.bookedDays,
        tone: "main",
        // A day without a row has nothing on the books.
        points: days.map((at) => ({ at, value: numberOf(at, "booked_days") ?? 0 })),
      },
      {
        name: words.lastYearDays,
        tone: "main",
        points: days.map((at) => ({ at, value: numberOf(at, "last_year_days") })),
        isComparison: true,
      },
    ],
  };
  return (
    <ChartFigure
      view={request}
      id="pace-days"
      title={words.paceDays}
      finding={extremesText(chart)}
      {...(since === null
        ? {}
        : { subtitle: words.pickupExplained(format.date(since.toString())) })}
      table={pace.table}
      notices={pace.notices}
      definition={define("dm.booking_pace.booked_days")}
    >
      <LineChart
        {...chart}
        id="pace-days-chart"
        title={words.paceDays}
        description={words.paceChart}
        emptyText={words.noPace}
      />
    </ChartFigure>
  );
}
