import { z } from "zod";
import { type FindingProps, totalsText } from "../charts/finding.ts";
import { StackedBarChart } from "../charts/stacked_bar_chart.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { siteLink } from "../frame/links.ts";
import { Tabs } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import type { Notice } from "../page/notice.ts";
import {
  type Column,
  type DataTable,
  type Markup,
  PageError,
  type PageRequest,
  type Period,
} from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { funnelWords } from "../words/funnel_page.ts";
import type { Define } from "./definitions.ts";
import { leadListHref } from "./lead_list.ts";
import { monthAddress } from "./own_periods.ts";

const SQL_FILE = "dashboard/cancellations.sql";

export type Basis = "confirmation" | "start";

const BASES: readonly Basis[] = ["confirmation", "start"];

const monthRows = z.array(z.object({
  month: z.string(),
  confirmed: z.number(),
  cancelled: z.number(),
  no_shows: z.number(),
  pending: z.number(),
  closed: z.number(),
  rate: z.string().nullable(),
  is_complete: z.boolean(),
}));

/** What became of confirmed leads, by month. */
export interface Cancellations {
  readonly table: DataTable;
  readonly rows: z.infer<typeof monthRows>;
  readonly basis: Basis;
  readonly months: Period;
  readonly notices: readonly Notice[];
}

export async function readCancellations(
  request: PageRequest,
  months: Period,
): Promise<Cancellations> {
  const basis = readBasis(request);
  const rows = monthRows.parse(
    await request.ask(SQL_FILE, [basis, months.from.toString(), months.to.toString()]),
  );
  return {
    basis,
    rows,
    months,
    notices: await request.notices(SQL_FILE),
    table: monthsTable(request, rows),
  };
}

function readBasis({ state }: PageRequest): Basis {
  const text = state.own.basis ?? "confirmation";
  const basis = BASES.find((one) => one === text);
  if (!basis) throw new PageError(400, funnelWords[state.language].badBasis(text));
  return basis;
}

function monthsTable({ state }: PageRequest, rows: z.infer<typeof monthRows>): DataTable {
  const words = funnelWords[state.language];
  const names = figuresWords[state.language];
  const of = (column: string) => `dm.cancellations.${column}`;
  const counts = (key: string, title: string, definition?: string): Column => ({
    key,
    title,
    kind: "count",
    ...definition === undefined ? {} : { definition },
    linkTo: ({ month }) => leadListHref(key, monthAddress(`${month}`)),
  });
  return {
    name: "cancellations",
    title: words.fates,
    sqlFile: SQL_FILE,
    columns: [
      {
        key: "month",
        title: names.month,
        kind: "month",
        linkTo: ({ month }) => leadListHref("confirmed", monthAddress(`${month}`)),
      },
      counts("confirmed", words.confirmed, of("confirmed")),
      counts("closed", words.closed),
      counts("pending", words.pending, of("pending")),
      counts("cancelled", words.cancelled, of("cancelled")),
      counts("no_shows", words.noShows, of("no_shows")),
      { key: "rate", title: words.rate, kind: "ratio", definition: of("rate") },
      { key: "is_complete", title: names.isComplete, kind: "flag" },
    ],
    rows,
  };
}

export function CancellationsFigure(
  { request, cancellations, define }: {
    readonly request: PageRequest;
    readonly cancellations: Cancellations;
    readonly define: Define;
  },
): Markup {
  const words = funnelWords[request.state.language];
  const { rows, months } = cancellations;
  const pointsOf = (valueOf: (row: z.infer<typeof monthRows>[number]) => number) =>
    rows.map((row) => ({ at: row.month, value: valueOf(row) }));
  const chart: FindingProps = {
    format: formatOf(request),
    kind: "count",
    axis: { step: "month", from: months.from.toString(), to: months.to.toString() },
    series: [
      { name: words.closed, tone: "good", points: pointsOf((row) => row.closed) },
      { name: words.pending, tone: "main", points: pointsOf((row) => row.pending) },
      {
        name: words.cancelledBefore,
        tone: "warning",
        points: pointsOf((row) => row.cancelled - row.no_shows),
      },
      { name: words.noShows, tone: "bad", points: pointsOf((row) => row.no_shows) },
    ],
    unfinished: rows.filter((row) => !row.is_complete).map((row) => row.month),
  };
  return (
    <>
      <BasisTabs request={request} basis={cancellations.basis} />
      <ChartFigure
        view={request}
        id="cancellations-figure"
        title={words.fates}
        finding={totalsText(chart)}
        table={cancellations.table}
        notices={cancellations.notices}
        definition={define("dm.cancellations.rate")}
      >
        <StackedBarChart
          {...chart}
          id="cancellations-chart"
          title={words.fates}
          description={words.fatesChart}
          emptyText={words.noCancellations}
        />
      </ChartFigure>
    </>
  );
}

function BasisTabs(
  { request, basis }: { readonly request: PageRequest; readonly basis: Basis },
): Markup {
  const words = funnelWords[request.state.language];
  const names = { confirmation: words.byConfirmation, start: words.byStart };
  return (
    <Tabs
      label={words.basis}
      tabs={BASES.map((one) => ({
        name: names[one],
        href: siteLink(request, "/funnel#cancellations", {
          basis: one === "confirmation" ? null : one,
          page: null,
        }),
        isCurrent: one === basis,
      }))}
    />
  );
}
