import { z } from "zod";
import { type FindingProps, totalsText } from "../charts/finding.ts";
import { StackedBarChart } from "../charts/stacked_bar_chart.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { formatOf } from "../frame/view.ts";
import type { Notice } from "../page/notice.ts";
import type { DataTable, Markup, PageRequest, Period } from "../page/page.ts";
import { clientsWords } from "../words/clients_page.ts";
import { figuresWords } from "../words/figures_words.ts";
import type { Define } from "./definitions.ts";

const SQL_FILE = "dashboard/clients_months.sql";

const monthRows = z.array(z.object({
  month: z.string(),
  new_clients: z.number(),
  came_back: z.number(),
  came_once: z.number(),
  repeat_share: z.string().nullable(),
  is_complete: z.boolean(),
}));

/** Clients by the month of their first rental. */
export interface NewClients {
  readonly table: DataTable;
  readonly rows: z.infer<typeof monthRows>;
  readonly months: Period;
  readonly notices: readonly Notice[];
}

export async function readNewClients(request: PageRequest, months: Period): Promise<NewClients> {
  const { language } = request.state;
  const words = clientsWords[language];
  const lastMonth = months.to.with({ day: 1 });
  const rows = monthRows.parse(
    await request.ask(SQL_FILE, [months.from.toString(), lastMonth.toString()]),
  );
  return {
    rows,
    months,
    notices: await request.notices(SQL_FILE),
    table: {
      name: "new_clients",
      title: words.newByMonth,
      sqlFile: SQL_FILE,
      columns: [
        { key: "month", title: figuresWords[language].month, kind: "month" },
        {
          key: "new_clients",
          title: words.newClients,
          kind: "count",
          definition: "dm.client_value.first_rental",
        },
        {
          key: "came_back",
          title: words.cameBack,
          kind: "count",
          definition: "dm.client_value.is_repeat",
        },
        { key: "came_once", title: words.cameOnce, kind: "count" },
        { key: "repeat_share", title: words.repeatShare, kind: "ratio" },
        { key: "is_complete", title: figuresWords[language].isComplete, kind: "flag" },
      ],
      rows,
    },
  };
}

export function NewClientsFigure(
  { request, newClients, define }: {
    readonly request: PageRequest;
    readonly newClients: NewClients;
    readonly define: Define;
  },
): Markup {
  const words = clientsWords[request.state.language];
  const { rows, months } = newClients;
  const pointsOf = (key: "came_back" | "came_once") =>
    rows.map((row) => ({ at: row.month, value: row[key] }));
  const chart: FindingProps = {
    format: formatOf(request),
    kind: "count",
    axis: { step: "month", from: months.from.toString(), to: months.to.toString() },
    series: [
      { name: words.cameBack, tone: "good", points: pointsOf("came_back") },
      { name: words.cameOnce, tone: "main", points: pointsOf("came_once") },
    ],
    unfinished: rows.filter((row) => !row.is_complete).map((row) => row.month),
  };
  return (
    <ChartFigure
      view={request}
      id="new-figure"
      title={words.newByMonth}
      finding={totalsText(chart)}
      table={newClients.table}
      notices={newClients.notices}
      definition={define("dm.client_value.is_repeat")}
    >
      <StackedBarChart
        {...chart}
        id="new-chart"
        title={words.newByMonth}
        description={words.newChart}
        emptyText={words.noNew}
      />
    </ChartFigure>
  );
}
