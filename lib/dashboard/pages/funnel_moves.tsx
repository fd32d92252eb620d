import { z } from "zod";
import type { ChartSeries } from "../charts/chart.ts";
import { type FindingProps, totalsText } from "../charts/finding.ts";
import { StackedBarChart } from "../charts/stacked_bar_chart.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { formatOf } from "../frame/view.ts";
import type { Notice } from "../page/notice.ts";
import type { DataTable, Markup, PageRequest, Period } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { funnelWords } from "../words/funnel_page.ts";
import { stageName } from "../words/stage_name.ts";
import { type Stage, STAGES } from "../words/stage_words.ts";
import type { Build } from "./build.ts";
import type { Define } from "./definitions.ts";
import { firstLoadMarks } from "./first_load.ts";
import { weeksByMonday } from "./funnel_cohorts.tsx";
import { leadListHref } from "./lead_list.ts";

const SQL_FILE = "dashboard/funnel_moves.sql";

const moveRows = z.array(z.object({
  week_start: z.string(),
  stage: z.enum(STAGES),
  moves: z.number(),
  unique_leads: z.number(),
  is_complete: z.boolean(),
}));

/** Moves into each stage by week. */
export interface Moves {
  readonly table: DataTable;
  readonly rows: z.infer<typeof moveRows>;
  readonly weeks: Period;
  readonly notices: readonly Notice[];
}

export async function readMoves(request: PageRequest, weeks: Period): Promise<Moves> {
  const { state } = request;
  const words = funnelWords[state.language];
  const rows = moveRows.parse(
    await request.ask(SQL_FILE, [weeks.from.toString(), weeks.to.toString()]),
  );
  const byMonday = weeksByMonday(rows);
  const table: DataTable = {
    name: "moves",
    title: words.movesByWeek,
    sqlFile: SQL_FILE,
    columns: [
      { key: "week_start", title: words.week, kind: "date" },
      { key: "stage_name", title: figuresWords[state.language].stage, kind: "text" },
      {
        key: "moves",
        title: words.movesCount,
        kind: "count",
        definition: "dm.stage_moves_week.moves",
        linkTo: (row) => leadListHref(`moved-${row.stage}`, byMonday.get(`${row.week_start}`)),
      },
      {
        key: "unique_leads",
        title: words.uniqueLeads,
        kind: "count",
        definition: "dm.stage_moves_week.unique_leads",
      },
      { key: "is_complete", title: figuresWords[state.language].isComplete, kind: "flag" },
    ],
    rows: rows.map((row) => ({ ...row, stage_name: stageName(row.stage, state.language) })),
  };
  return { table, rows, weeks, notices: await request.notices(SQL_FILE) };
}

export function MovesFigure(
  { request, moves, build, define }: {
    readonly request: PageRequest;
    readonly moves: Moves;
    readonly build: Build;
    readonly define: Define;
  },
): Markup {
  const { language } = request.state;
  const words = funnelWords[language];
  const { rows, weeks } = moves;
  const seriesOf = (stage: Stage): ChartSeries => ({
    name: stageName(stage, language) ?? stage,
    tone: stage,
    points: rows.filter((row) => row.stage === stage)
      .map((row) => ({ at: row.week_start, value: row.moves })),
  });
  const moved = STAGES.filter((stage) => rows.some((row) => row.stage === stage && row.moves > 0));
  const chart: FindingProps = {
    format: formatOf(request),
    kind: "count",
    axis: { step: "week", from: weeks.from.toString(), to: weeks.to.toString() },
    series: moved.map(seriesOf),
    unfinished: [
      ...new Set(rows.filter((row) => !row.is_complete).map((row) => row.week_start)),
    ],
  };
  return (
    <ChartFigure
      view={request}
      id="moves-figure"
      title={words.movesByWeek}
      finding={totalsText(chart)}
      table={moves.table}
      notices={moves.notices}
      definition={define("dm.stage_moves_week.moves")}
    >
      <StackedBarChart
        {...chart}
        marks={firstLoadMarks(request, build, chart.axis)}
        id="moves-chart"
        title={words.movesByWeek}
        description={words.movesChart}
        emptyText={words.noMoves}
      />
    </ChartFigure>
  );
}
