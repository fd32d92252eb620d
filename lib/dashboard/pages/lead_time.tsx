import { z } from "zod";
import { extremesText, type FindingProps } from "../charts/finding.ts";
import { LineChart } from "../charts/line_chart.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { Grid } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import type { Notice } from "../page/notice.ts";
import type { DataTable, Markup, PageRequest, Period } from "../page/page.ts";
import { clientsWords } from "../words/clients_page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { stageName } from "../words/stage_name.ts";
import type { Define } from "./definitions.ts";
import { monthAddress } from "./own_periods.ts";
import { type PagedTable, readPlace } from "./paged_table.ts";
import { clientColumn, leadColumn } from "./record_columns.ts";

const MONTHS_FILE = "dashboard/lead_time_months.sql";
const BOOKINGS_FILE = "dashboard/lead_time_bookings.sql";

const monthRow = z.object({
  month: z.string().nullable(),
  bookings: z.number(),
  median_lead_days: z.string().nullable(),
  median_rental_days: z.string().nullable(),
  is_complete: z.boolean().nullable(),
});

type MonthRow = z.infer<typeof monthRow>;

const bookingRows = z.array(z.object({
  lead_id: z.string(),
  stage: z.string().nullable(),
  client_id: z.string().nullable(),
  client_name: z.string().nullable(),
  month: z.string(),
  lead_days: z.number(),
  rental_days: z.number().nullable(),
  amount: z.string().nullable(),
}));

/** Medians of lead time and length, and the bookings they are of. */
export interface LeadTime {
  readonly table: DataTable;
  readonly rows: readonly MonthRow[];
  /** Of all bookings of the period together. */
  readonly whole: MonthRow | null;
  readonly bookings: PagedTable;
  readonly months: Period;
  readonly notices: readonly Notice[];
}

export async function readLeadTime(request: PageRequest, months: Period): Promise<LeadTime> {
  const given = [months.from.toString(), months.to.with({ day: 1 }).toString()];
  const rows = z.array(monthRow).parse(await request.ask(MONTHS_FILE, given));
  const whole = rows.find((row) => row.month === null) ?? null;
  return {
    whole,
    months,
    rows: rows.filter((row) => row.month !== null),
    notices: await request.notices(MONTHS_FILE),
    table: monthsTable(request, rows),
    bookings: await readBookings(request, given, whole?.bookings ?? 0),
  };
}

function monthsTable({ state }: PageRequest, rows: readonly MonthRow[]): DataTable {
  const words = clientsWords[state.language];
  return {
    name: "lead_time",
    title: words.leadTime,
    sqlFile: MONTHS_FILE,
    columns: [
      {
        key: "month",
        title: figuresWords[state.language].month,
        kind: "month",
        linkTo: ({ month }) => month === null ? null : ofMonth(`${month}`, "lead-time"),
      },
      { key: "bookings", title: words.bookings, kind: "count" },
      {
        key: "median_lead_days",
        title: words.medianLead,
        kind: "days",
        definition: "dm.lead_time.lead_days",
      },
      {
        key: "median_rental_days",
        title: words.medianRental,
        kind: "days",
        definition: "dm.lead_time.rental_days",
      },
      { key: "is_complete", title: figuresWords[state.language].isComplete, kind: "flag" },
    ],
    rows: rows.filter((row) => row.month !== null),
  };
}

/** The page Clients of one month, at one of its parts. */
export function ofMonth(month: string, part: string): string {
  const period = new URLSearchParams(monthAddress(month));
  return `/clients?${period}&bookings_page=&changes_page=#${part}`;
}

async function readBookings(
  request: PageRequest,
  given: readonly string[],
  total: number,
): Promise<PagedTable> {
  const { language } = request.state;
  const words = clientsWords[language];
  const names = figuresWords[language];
  const { offset, limit, ...place } = readPlace(request, {
    ...{ table: "lead_time_bookings", total },
    parameter: "bookings_page",
  });
  const rows = bookingRows.parse(await request.ask(BOOKINGS_FILE, [...given, offset, limit]));
  return {
    ...place,
    table: {
      name: "lead_time_bookings",
      title: words.bookingsTable,
      sqlFile: BOOKINGS_FILE,
      allRows: total,
      columns: [
        leadColumn(names.lead),
        clientColumn(words.client),
        { key: "stage", title: names.stage, kind: "text" },
        { key: "month", title: names.month, kind: "month" },
        {
          key: "lead_days",
          title: words.leadDays,
          kind: "count",
          definition: "dm.lead_time.lead_days",
        },
        {
          key: "rental_days",
          title: words.rentalDays,
          kind: "count",
          definition: "dm.lead_time.rental_days",
        },
        { key: "amount", title: names.amount, kind: "money" },
      ],
      rows: rows.map((row) => ({ ...row, stage: stageName(row.stage, language) })),
    },
  };
}

interface FiguresProps {
  readonly request: PageRequest;
  readonly leadTime: LeadTime;
  readonly define: Define;
}

/** Both medians, month by month. */
export function LeadTimeFigures(props: FiguresProps): Markup {
  const words = clientsWords[props.request.state.language];
  return (
    <Grid>
      <MedianFigure
        {...props}
        id="lead-days"
        name={words.leadTimeByMonth}
        description={words.leadTimeChart}
        of="lead"
      />
      <MedianFigure
        {...props}
        id="rental-days"
        name={words.lengthByMonth}
        description={words.lengthChart}
        of="rental"
      />
    </Grid>
  );
}

function MedianFigure(
  { request, leadTime, define, id, name, description, of }: FiguresProps & {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly of: "lead" | "rental";
  },
): Markup {
  const words = clientsWords[request.state.language];
  const { rows, months, table, notices } = leadTime;
  const points = rows.map((row) => ({
    at: row.month ?? "",
    value: of === "lead" ? row.median_lead_days : row.median_rental_days,
  }));
  const chart: FindingProps = {
    format: formatOf(request),
    kind: "days",
    axis: { step: "month", from: months.from.toString(), to: months.to.toString() },
    series: [{ name, tone: "main", points }],
    unfinished: rows.filter((row) => row.is_complete === false).map((row) => row.month ?? ""),
  };
  return (
    <ChartFigure
      view={request}
      id={id}
      title={name}
      finding={extremesText(chart)}
      table={{ ...table, title: name }}
      notices={notices}
      definition={define(`dm.lead_time.${of}_days`)}
    >
      <LineChart
        {...chart}
        id={`${id}-chart`}
        title={name}
        description={description}
        emptyText={words.noLeadTime}
      />
    </ChartFigure>
  );
}
