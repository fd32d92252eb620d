import { extremesText, type FindingProps } from "../charts/finding.ts";
import { LineChart } from "../charts/line_chart.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { DataTableView } from "../frame/data_table.tsx";
import { Kpi, KpiRow } from "../frame/kpi.tsx";
import { siteLink } from "../frame/links.ts";
import { Pagination, Section } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import type {
  Cell,
  ColumnKind,
  DataTable,
  Markup,
  Page,
  PageContent,
  PageRequest,
} from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { fleetWords } from "../words/fleet_page.ts";
import { type Build, readBuild } from "./build.ts";
import { comparePeriods } from "./compared_periods.ts";
import { type Compared, comparisonsOf } from "./compared_sums.ts";
import { type Define, readDefinitions } from "./definitions.ts";
import { firstLoadMarks } from "./first_load.ts";
import { type CarDays, CarDaysFigure, readCarDays } from "./fleet_days.tsx";
import { readFleetFigures } from "./fleet_figures.ts";
import type { FleetCars } from "./fleet_members.ts";
import type { FleetMonths } from "./fleet_months.ts";
import { readMoneySums } from "./money_figures.ts";
import { notBuilt } from "./not_built.tsx";
import { monthOf } from "./own_periods.ts";
import type { PeriodSums } from "./period_sums.ts";
import { soFarText } from "./so_far_text.ts";
import { sumsTable } from "./sums_table.ts";

/** How much of the fleet was rented: of all of it, per model, car, month and day. */
export const fleetPage: Page = {
  path: "/fleet",
  reads: "business",
  filters: ["period", "car", "model", "as_of"],
  parameters: ["page"],
  defaultPeriod: monthOf,
  render,
};

interface FleetData {
  readonly build: Build;
  readonly define: Define;
  readonly periods: ReturnType<typeof comparePeriods>;
  readonly sums: Compared<PeriodSums>;
  readonly summary: DataTable;
  readonly months: FleetMonths;
  readonly models: DataTable;
  readonly cars: FleetCars;
  readonly carDays: CarDays;
}

async function render(request: PageRequest): Promise<PageContent> {
  const words = fleetWords[request.state.language];
  const build = await readBuild(request.ask, request.state.asOf);
  if (build === null) return notBuilt(request, words.title);
  const periods = comparePeriods(request.state.period, build.lastFinishedDay);
  // One behind the other, without waiting: the server works while this program reads.
  const [sums, { models, cars, carDays, months }, define] = await Promise.all([
    readMoneySums(request, periods),
    readFleetFigures(request).then(async ({ members, months }) => {
      return { ...members, months, carDays: await readCarDays(request, members.cars) };
    }),
    readDefinitions(request),
  ]);
  const summary = sumsTable(request, "summary", words.summary, sums, periods);
  const data: FleetData = {
    ...{ build, define, periods, sums, summary, months, models, cars, carDays },
  };
  const tables = [
    ...[data.summary, data.months.table, data.models, data.cars.table],
    data.carDays.table,
  ];
  return { title: words.title, tables, body: <Body request={request} data={data} /> };
}

function Body(
  { request, data }: { readonly request: PageRequest; readonly data: FleetData },
): Markup {
  const words = fleetWords[request.state.language];
  return (
    <>
      <Summary request={request} data={data} />
      <Section id="months" title={words.months} intro={words.monthsIntro}>
        <MonthsFigure request={request} data={data} />
      </Section>
      {request.state.car === null && request.state.model === null
        ? (
          <Section id="models" title={words.models} intro={words.membersIntro}>
            <DataTableView view={request} table={data.models} emptyText={words.noMembers} />
          </Section>
        )
        : ""}
      <Section id="cars" title={words.cars} intro={words.membersIntro}>
        <DataTableView view={request} table={data.cars.shown} emptyText={words.noMembers} />
        <Pagination view={request} page={data.cars.page} pages={data.cars.pages} />
      </Section>
      <Section id="days" title={words.days} intro={words.daysIntro}>
        <CarDaysFigure request={request} carDays={data.carDays} />
      </Section>
    </>
  );
}

function Summary(
  { request, data }: { readonly request: PageRequest; readonly data: FleetData },
): Markup {
  return (
    <Section
      id="summary"
      title={fleetWords[request.state.language].summary}
      intro={soFarText(request, data.periods, data.sums)}
    >
      <KpiRow>
        {FIGURES.map((figure) => <SummaryKpi request={request} data={data} figure={figure} />)}
      </KpiRow>
      <DataTableView view={request} table={data.summary} isFolded />
    </Section>
  );
}

/** A figure of the period and the column that defines it. */
interface SummaryFigure {
  readonly name: "utilisation" | "rentedDays" | "idleDays" | "revpac";
  readonly kind: ColumnKind;
  readonly definition: string;
  readonly isMoreBetter: boolean;
  readonly of: (sums: PeriodSums) => Cell;
}

const FIGURES: readonly SummaryFigure[] = [
  {
    name: "utilisation",
    kind: "ratio",
    definition: "dm.fleet_utilisation_month.utilisation",
    isMoreBetter: true,
    of: (sums) => sums.utilisation,
  },
  {
    name: "rentedDays",
    kind: "days",
    definition: "dm.revenue_day.rented_days",
    isMoreBetter: true,
    of: (sums) => sums.rented_days,
  },
  {
    name: "idleDays",
    kind: "days",
    definition: "dm.fleet_utilisation_month.idle_days",
    isMoreBetter: false,
    of: (sums) => sums.car_days - sums.rented_days,
  },
  {
    name: "revpac",
    kind: "money",
    definition: "dm.revenue_day.revpac",
    isMoreBetter: true,
    of: (sums) => sums.revpac,
  },
];

function SummaryKpi(
  { request, data, figure }: {
    readonly request: PageRequest;
    readonly data: FleetData;
    readonly figure: SummaryFigure;
  },
): Markup {
  const { sums, periods, define } = data;
  return (
    <Kpi
      view={request}
      name={figuresWords[request.state.language][figure.name]}
      kind={figure.kind}
      value={sums.present === null ? null : figure.of(sums.present)}
      comparison={comparisonsOf(request, sums, periods, figure.of, figure.isMoreBetter)}
      href={siteLink(request, "/fleet#cars")}
      definition={{ ...define(figure.definition), sqlFile: sums.sqlFile }}
    />
  );
}

function MonthsFigure(
  { request, data }: { readonly request: PageRequest; readonly data: FleetData },
): Markup {
  const words = fleetWords[request.state.language];
  const { months, define } = data;
  const chart: FindingProps = {
    format: formatOf(request),
    kind: "ratio",
    axis: months.axis,
    series: [
      { name: words.thisYear, tone: "main", points: months.points },
      { name: words.yearBefore, tone: "main", points: months.yearBefore, isComparison: true },
    ],
    unfinished: months.unfinished,
  };
  return (
    <ChartFigure
      view={request}
      id="utilisation"
      title={words.utilisationByMonth}
      finding={extremesText(chart)}
      table={months.table}
      notices={months.notices}
      definition={define("dm.fleet_utilisation_month.utilisation")}
    >
      <LineChart
        {...chart}
        marks={firstLoadMarks(request, data.build, chart.axis)}
        id="utilisation-chart"
        title={words.utilisationByMonth}
        description={words.utilisationChart(months.name)}
        emptyText={words.noMonths}
      />
    </ChartFigure>
  );
}
