import { z } from "zod";
import { extremesText, type FindingProps, totalsText } from "../charts/finding.ts";
import { LineChart } from "../charts/line_chart.tsx";
import { StackedBarChart } from "../charts/stacked_bar_chart.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { Grid } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import type { Notice } from "../page/notice.ts";
import type { Column, DataTable, Markup, PageRequest, Period, Row } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import type { Format } from "../words/format.ts";
import { type FunnelWords, funnelWords } from "../words/funnel_page.ts";
import { stageName } from "../words/stage_name.ts";
import type { Define } from "./definitions.ts";
import { FUNNEL_STAGES } from "./funnel_sums.ts";
import { leadListHref } from "./lead_list.ts";

const SQL_FILE = "dashboard/funnel_cohorts.sql";

const cohortRows = z.array(z.object({
  week_start: z.string(),
  leads: z.number(),
  reached_quote: z.number(),
  reached_deposit: z.number(),
  reached_confirmed: z.number(),
  reached_on_rent: z.number(),
  reached_returned: z.number(),
  reached_closed: z.number(),
  conversion: z.string().nullable(),
  won: z.number(),
  lost: z.number(),
  open: z.number(),
  mature_leads: z.number(),
  maturity: z.string().nullable(),
  is_complete: z.boolean(),
}));

/** The cohorts of the weeks of the period. */
export interface Cohorts {
  readonly table: DataTable;
  readonly rows: z.infer<typeof cohortRows>;
  readonly weeks: Period;
  /** Of all leads of the cohorts, the mature ones; null without leads. */
  readonly maturity: number | null;
  readonly matureLeads: number;
  readonly notices: readonly Notice[];
}

export async function readCohorts(request: PageRequest, weeks: Period): Promise<Cohorts> {
  const rows = cohortRows.parse(
    await request.ask(SQL_FILE, [weeks.from.toString(), weeks.to.toString()]),
  );
  const leads = rows.reduce((sum, row) => sum + row.leads, 0);
  const matureLeads = rows.reduce((sum, row) => sum + row.mature_leads, 0);
  return {
    rows,
    weeks,
    maturity: leads === 0 ? null : matureLeads / leads,
    matureLeads,
    notices: await request.notices(SQL_FILE),
    table: cohortsTable(request, rows),
  };
}

function cohortsTable(
  { state }: PageRequest,
  rows: z.infer<typeof cohortRows>,
): DataTable {
  const words = funnelWords[state.language];
  const of = (column: string) => `dm.lead_funnel_week.${column}`;
  const byMonday = weeksByMonday(rows);
  const listOf = (list: string) => (row: Row) =>
    leadListHref(list, byMonday.get(`${row.week_start}`));
  const counts = (key: string, title: string, list?: string): Column => ({
    key,
    title,
    kind: "count",
    definition: of(key),
    ...list === undefined ? {} : { linkTo: listOf(list) },
  });
  return {
    name: "cohorts",
    title: words.cohortsByWeek,
    sqlFile: SQL_FILE,
    columns: [
      { key: "week_start", title: words.week, kind: "date", linkTo: listOf("created") },
      counts("leads", words.leads, "created"),
      ...FUNNEL_STAGES.slice(1).map((stage) =>
        counts(
          `reached_${stage}`,
          words.reached(stageName(stage, state.language) ?? stage),
          `reached-${stage}`,
        )
      ),
      {
        key: "conversion",
        title: words.conversionByWeek,
        kind: "ratio",
        definition: of("reached_confirmed"),
      },
      counts("won", words.won, "won"),
      counts("open", words.open, "open"),
      counts("lost", words.lost, "lost"),
      counts("mature_leads", words.matureLeads),
      { key: "maturity", title: words.maturity, kind: "ratio", definition: of("maturity") },
      { key: "is_complete", title: figuresWords[state.language].isComplete, kind: "flag" },
    ],
    rows,
  };
}

/** The weeks of rows by their Mondays, as parameters of an address. */
export function weeksByMonday(
  rows: readonly { readonly week_start: string }[],
): ReadonlyMap<string, { readonly from: string; readonly to: string }> {
  const mondays = new Set(rows.map((row) => row.week_start));
  return new Map([...mondays].map((from) => {
    return [from, { from, to: Temporal.PlainDate.from(from).add({ days: 6 }).toString() }];
  }));
}

interface CohortsProps {
  readonly request: PageRequest;
  readonly cohorts: Cohorts;
  readonly define: Define;
}

/** What became of each week's leads, and how many of them were confirmed. */
export function CohortFigures({ request, cohorts, define }: CohortsProps): Markup {
  const words = funnelWords[request.state.language];
  const { table, notices } = cohorts;
  const { ends, conversion } = chartsOf(cohorts, words, formatOf(request));
  return (
    <Grid>
      <ChartFigure
        view={request}
        id="cohorts-figure"
        title={words.cohortsByWeek}
        finding={totalsText(ends)}
        table={table}
        notices={notices}
        definition={define("dm.lead_funnel_week.won")}
      >
        <StackedBarChart
          {...ends}
          id="cohorts-chart"
          title={words.cohortsByWeek}
          description={words.cohortsChart}
          emptyText={words.noCohorts}
        />
      </ChartFigure>
      <ChartFigure
        view={request}
        id="conversion-figure"
        title={words.conversionByWeek}
        finding={extremesText(conversion)}
        table={{ ...table, title: words.conversionByWeek }}
        notices={notices}
        definition={define("dm.lead_funnel_week.reached_confirmed")}
      >
        <LineChart
          {...conversion}
          id="conversion-chart"
          title={words.conversionByWeek}
          description={words.conversionChart}
          emptyText={words.noCohorts}
        />
      </ChartFigure>
    </Grid>
  );
}

/** What is drawn of cohorts: leads by their end, and the share that was confirmed. */
function chartsOf(
  { rows, weeks }: Cohorts,
  words: FunnelWords,
  format: Format,
): { readonly ends: FindingProps; readonly conversion: FindingProps } {
  const common = {
    format,
    axis: { step: "week", from: weeks.from.toString(), to: weeks.to.toString() },
    unfinished: rows.filter((row) => row.mature_leads < row.leads || !row.is_complete)
      .map((row) => row.week_start),
  } as const;
  const pointsOf = (key: "won" | "open" | "lost" | "conversion") =>
    rows.map((row) => ({ at: row.week_start, value: row[key] }));
  return {
    ends: {
      ...common,
      kind: "count",
      series: [
        { name: words.won, tone: "good", points: pointsOf("won") },
        { name: words.open, tone: "main", points: pointsOf("open") },
        { name: words.lost, tone: "bad", points: pointsOf("lost") },
      ],
    },
    conversion: {
      ...common,
      kind: "ratio",
      series: [{ name: words.conversionByWeek, tone: "main", points: pointsOf("conversion") }],
    },
  };
}
