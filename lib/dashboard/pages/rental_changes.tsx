import { z } from "zod";
import { type FindingProps, totalsText } from "../charts/finding.ts";
import { StackedBarChart } from "../charts/stacked_bar_chart.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { formatOf } from "../frame/view.ts";
import type { Notice } from "../page/notice.ts";
import type { Column, DataTable, Markup, PageRequest, Period } from "../page/page.ts";
import { clientsWords } from "../words/clients_page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { stageName } from "../words/stage_name.ts";
import type { Define } from "./definitions.ts";
import { ofMonth } from "./lead_time.tsx";
import { type PagedTable, readPlace } from "./paged_table.ts";
import { clientColumn, leadColumn } from "./record_columns.ts";

const MONTHS_FILE = "dashboard/rental_change_months.sql";
const CHANGES_FILE = "dashboard/rental_changes.sql";

const KINDS = ["extended", "shortened", "moved"] as const;

const monthRows = z.array(z.object({
  month: z.string(),
  extended: z.number(),
  shortened: z.number(),
  moved: z.number(),
  days_delta: z.number(),
  is_complete: z.boolean(),
}));

const changeRows = z.array(z.object({
  lead_id: z.string(),
  kind: z.enum(KINDS),
  start_delta_days: z.string().nullable(),
  end_delta_days: z.string().nullable(),
  days_delta: z.number().nullable(),
  changed_at: z.string(),
  stage: z.string().nullable(),
  client_id: z.string().nullable(),
  client_name: z.string().nullable(),
}));

/** Changes of the dates of bookings, by month and one by one. */
export interface RentalChanges {
  readonly table: DataTable;
  readonly rows: z.infer<typeof monthRows>;
  readonly changes: PagedTable;
  readonly months: Period;
  readonly notices: readonly Notice[];
}

export async function readRentalChanges(
  request: PageRequest,
  months: Period,
): Promise<RentalChanges> {
  const given = [months.from.toString(), months.to.with({ day: 1 }).toString()];
  const rows = monthRows.parse(await request.ask(MONTHS_FILE, given));
  const total = rows.reduce((sum, row) => sum + row.extended + row.shortened + row.moved, 0);
  return {
    rows,
    months,
    notices: await request.notices(MONTHS_FILE),
    table: monthsTable(request, rows),
    changes: await readChanges(request, given, total),
  };
}

function monthsTable({ state }: PageRequest, rows: z.infer<typeof monthRows>): DataTable {
  const words = clientsWords[state.language];
  const names = figuresWords[state.language];
  return {
    name: "rental_changes",
    title: words.changesByMonth,
    sqlFile: MONTHS_FILE,
    columns: [
      {
        key: "month",
        title: names.month,
        kind: "month",
        linkTo: ({ month }) => ofMonth(`${month}`, "changes"),
      },
      ...KINDS.map((kind): Column => ({
        key: kind,
        title: words[kind],
        kind: "count",
        definition: "dm.rental_changes.kind",
      })),
      {
        key: "days_delta",
        title: words.daysDelta,
        kind: "count",
        definition: "dm.rental_changes.days_delta",
      },
      { key: "is_complete", title: names.isComplete, kind: "flag" },
    ],
    rows,
  };
}

async function readChanges(
  request: PageRequest,
  given: readonly string[],
  total: number,
): Promise<PagedTable> {
  const { language } = request.state;
  const words = clientsWords[language];
  const { offset, limit, ...place } = readPlace(request, {
    ...{ table: "changed_bookings", total },
    parameter: "changes_page",
  });
  const rows = changeRows.parse(await request.ask(CHANGES_FILE, [...given, offset, limit]));
  return {
    ...place,
    table: {
      name: "changed_bookings",
      title: words.changesTable,
      sqlFile: CHANGES_FILE,
      allRows: total,
      columns: changeColumns(request),
      rows: rows.map((row) => ({
        ...row,
        kind_name: words.kinds[row.kind],
        stage: stageName(row.stage, language),
      })),
    },
  };
}

function changeColumns({ state }: PageRequest): readonly Column[] {
  const words = clientsWords[state.language];
  const names = figuresWords[state.language];
  const of = (column: string) => `dm.rental_changes.${column}`;
  return [
    leadColumn(names.lead),
    { key: "changed_at", title: words.changedAt, kind: "moment" },
    { key: "kind_name", title: words.kind, kind: "text", definition: of("kind") },
    {
      key: "start_delta_days",
      title: words.startDelta,
      kind: "decimal",
      definition: of("start_delta_days"),
    },
    {
      key: "end_delta_days",
      title: words.endDelta,
      kind: "decimal",
      definition: of("end_delta_days"),
    },
    { key: "days_delta", title: words.daysDelta, kind: "count", definition: of("days_delta") },
    { key: "stage", title: names.stage, kind: "text" },
    clientColumn(words.client),
  ];
}

export function RentalChangesFigure(
  { request, changes, define }: {
    readonly request: PageRequest;
    readonly changes: RentalChanges;
    readonly define: Define;
  },
): Markup {
  const words = clientsWords[request.state.language];
  const { rows, months } = changes;
  const pointsOf = (kind: typeof KINDS[number]) =>
    rows.map((row) => ({ at: row.month, value: row[kind] }));
  const chart: FindingProps = {
    format: formatOf(request),
    kind: "count",
    axis: { step: "month", from: months.from.toString(), to: months.to.toString() },
    series: [
      { name: words.extended, tone: "good", points: pointsOf("extended") },
      { name: words.shortened, tone: "bad", points: pointsOf("shortened") },
      { name: words.moved, tone: "third", points: pointsOf("moved") },
    ],
    unfinished: rows.filter((row) => !row.is_complete).map((row) => row.month),
  };
  return (
    <ChartFigure
      view={request}
      id="changes-figure"
      title={words.changesByMonth}
      finding={totalsText(chart)}
      table={changes.table}
      notices={changes.notices}
      definition={define("dm.rental_changes.kind")}
    >
      <StackedBarChart
        {...chart}
        id="changes-chart"
        title={words.changesByMonth}
        description={words.changesChart}
        emptyText={words.noChanges}
      />
    </ChartFigure>
  );
}
