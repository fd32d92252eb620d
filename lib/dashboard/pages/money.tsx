import { DataTableView } from "../frame/data_table.tsx";
import { Kpi, KpiRow } from "../frame/kpi.tsx";
import { siteLink } from "../frame/links.ts";
import { Pagination, Section } from "../frame/parts.tsx";
import { formatOf, wordsOfView } from "../frame/view.ts";
import type { Cell, DataTable, Markup, Page, PageContent, PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { moneyWords } from "../words/money_page.ts";
import { type Build, readBuild } from "./build.ts";
import { type ComparedPeriods, comparePeriods } from "./compared_periods.ts";
import { comparisonsOf } from "./compared_sums.ts";
import { type Define, readDefinitions } from "./definitions.ts";
import { type Bookings, readBookings, readUnattributed } from "./money_bookings.ts";
import { MoneyDaysFigure } from "./money_days.tsx";
import { type MoneyFigures, readMoneyFigures } from "./money_figures.ts";
import { MoneyMonthsFigures } from "./money_months.tsx";
import { type Pace, PaceFigure, readPace } from "./money_pace.tsx";
import { notBuilt } from "./not_built.tsx";
import { monthOf } from "./own_periods.ts";
import type { PeriodSums } from "./period_sums.ts";
import { soFarText } from "./so_far_text.ts";
import { sumsTable } from "./sums_table.ts";

/** What the bookings bring in: by day and month, per day of a car, what is attributed to none, and what is ahead. */
export const moneyPage: Page = {
  path: "/money",
  reads: "business",
  filters: ["period", "car", "model", "as_of"],
  showsPart: true,
  parameters: ["page"],
  defaultPeriod: monthOf,
  render,
};

interface MoneyData extends MoneyFigures {
  readonly build: Build;
  readonly define: Define;
  readonly periods: ComparedPeriods;
  readonly summary: DataTable;
  readonly unattributed: DataTable;
  readonly bookings: Bookings;
  readonly pace: Pace;
}

async function render(request: PageRequest): Promise<PageContent> {
  const words = moneyWords[request.state.language];
  const build = await readBuild(request.ask, request.state.asOf);
  if (build === null) return notBuilt(request, words.title);
  const periods = comparePeriods(request.state.period, build.lastFinishedDay);
  // One behind the other, without waiting: the server works while this program reads.
  const [figures, define, unattributed, bookings, pace] = await Promise.all([
    readMoneyFigures(request, periods),
    readDefinitions(request),
    readUnattributed(request),
    readBookings(request),
    readPace(request, build),
  ]);
  const summary = sumsTable(request, "summary", words.summary, figures.sums, periods);
  const data: MoneyData = {
    ...figures,
    ...{ build, define, periods, summary, unattributed, bookings, pace },
  };
  const tables = [
    ...[data.summary, data.days.table, data.months.table, data.unattributed],
    ...[data.bookings.table, data.pace.table],
  ];
  return { title: words.title, tables, body: <Body request={request} data={data} /> };
}

interface PartProps {
  readonly request: PageRequest;
  readonly data: MoneyData;
}

function Body({ request, data }: PartProps): Markup {
  const words = moneyWords[request.state.language];
  const asOf = formatOf(request).date(data.pace.asOf);
  return (
    <>
      <Summary request={request} data={data} />
      <Section id="by-day" title={words.days} intro={words.daysIntro}>
        <MoneyDaysFigure request={request} days={data.days} define={data.define} />
      </Section>
      <Section id="unattributed" title={words.unattributed} intro={words.unattributedIntro}>
        <DataTableView
          view={request}
          table={data.unattributed}
          emptyText={words.noUnattributed}
        />
      </Section>
      <Section id="by-month" title={words.months} intro={words.monthsIntro}>
        <MoneyMonthsFigures request={request} months={data.months} define={data.define} />
      </Section>
      <Section id="pace" title={words.pace} intro={paceIntro(request, asOf)}>
        <PaceFigure request={request} pace={data.pace} build={data.build} define={data.define} />
      </Section>
      <Section id="bookings" title={words.bookings} intro={words.bookingsIntro}>
        {data.bookings.isCut ? <OnlyLargest request={request} data={data} /> : ""}
        <DataTableView view={request} table={data.bookings.table} emptyText={words.noBookings} />
        <Pagination view={request} page={data.bookings.page} pages={data.bookings.pages} />
      </Section>
    </>
  );
}

/** The list is longer than its pages; in a report it is its first page. */
function OnlyLargest({ request, data }: PartProps): Markup {
  const { firstRows } = wordsOfView(request).frame;
  const rows = formatOf(request).count(data.bookings.table.rows.length);
  return (
    <>
      <p class="table-cut site-only">{moneyWords[request.state.language].onlyLargest}</p>
      <p class="table-cut report-only">{firstRows(rows)}</p>
    </>
  );
}

/** Pace counts bookings with and without a car, so it has no filter of cars. */
function paceIntro({ state }: PageRequest, asOf: string): string {
  const words = moneyWords[state.language];
  const isOfAll = state.car !== null || state.model !== null;
  return isOfAll ? `${words.paceIntro(asOf)} ${words.paceOfAll}` : words.paceIntro(asOf);
}

/** A figure of the period, by the column of dm.revenue_day that defines it. */
interface SummaryFigure {
  readonly key: keyof PeriodSums;
  readonly name: string;
  readonly kind: "money" | "ratio" | "count";
  readonly isMoreBetter: boolean;
  readonly rows: "bookings" | "unattributed";
}

function Summary({ request, data }: PartProps): Markup {
  const words = figuresWords[request.state.language];
  const figures: readonly SummaryFigure[] = [
    { key: "revenue", name: words.revenue, kind: "money", isMoreBetter: true, rows: "bookings" },
    { key: "adr", name: words.adr, kind: "money", isMoreBetter: true, rows: "bookings" },
    { key: "rpd", name: words.rpd, kind: "money", isMoreBetter: true, rows: "bookings" },
    { key: "revpac", name: words.revpac, kind: "money", isMoreBetter: true, rows: "bookings" },
    {
      key: "unattributed_revenue",
      name: words.unattributedRevenue,
      kind: "money",
      isMoreBetter: false,
      rows: "unattributed",
    },
    {
      key: "unattributed_bookings",
      name: words.unattributedBookings,
      kind: "count",
      isMoreBetter: false,
      rows: "unattributed",
    },
  ];
  return (
    <Section
      id="summary"
      title={moneyWords[request.state.language].summary}
      intro={soFarText(request, data.periods, data.sums)}
    >
      <KpiRow>
        {figures.map((figure) => <SummaryKpi request={request} data={data} figure={figure} />)}
      </KpiRow>
      <DataTableView view={request} table={data.summary} isFolded />
    </Section>
  );
}

function SummaryKpi(
  { request, data, figure }: PartProps & { readonly figure: SummaryFigure },
): Markup {
  const { key, name, kind, isMoreBetter } = figure;
  const { sums, periods, define } = data;
  const figureOf = (one: PeriodSums): Cell => one[key];
  return (
    <Kpi
      view={request}
      name={name}
      kind={kind}
      value={sums.present === null ? null : figureOf(sums.present)}
      comparison={comparisonsOf(request, sums, periods, figureOf, isMoreBetter)}
      href={siteLink(request, `/money#${figure.rows}`)}
      definition={{ ...define(`dm.revenue_day.${key}`), sqlFile: sums.sqlFile }}
    />
  );
}
