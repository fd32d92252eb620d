import { FunnelChart } from "../charts/funnel_chart.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { DataTableView } from "../frame/data_table.tsx";
import { siteLink } from "../frame/links.ts";
import { NoticeBox } from "../frame/notice_box.tsx";
import { Pagination, Section } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import type { DataTable, Markup, Page, PageContent, PageRequest, Period } from "../page/page.ts";
import { funnelWords } from "../words/funnel_page.ts";
import { stageName } from "../words/stage_name.ts";
import { type Build, readBuild } from "./build.ts";
import { type Cancellations, CancellationsFigure, readCancellations } from "./cancellations.tsx";
import { type ComparedPeriods, comparePeriods, daysOf } from "./compared_periods.ts";
import { type Compared, periodText } from "./compared_sums.ts";
import { type Define, readDefinitions } from "./definitions.ts";
import { CohortFigures, type Cohorts, readCohorts } from "./funnel_cohorts.tsx";
import { FunnelKpis } from "./funnel_kpis.tsx";
import { type Moves, MovesFigure, readMoves } from "./funnel_moves.tsx";
import { FUNNEL_STAGES, type FunnelSums, readFunnelSums, stepsTable } from "./funnel_sums.ts";
import { readTransitions, type Transitions } from "./funnel_transitions.ts";
import { leadListHref, readLeadList } from "./lead_list.ts";
import { type ListedLeads, readLeads } from "./lead_list_table.ts";
import { totalOf } from "./lead_list_total.ts";
import { notBuilt } from "./not_built.tsx";
import { last26Weeks, weeksOf, wholeMonthsOf } from "./own_periods.ts";

/** How far leads come: cohorts by week of creation, moves, transitions, and what becomes of confirmed ones. */
export const funnelPage: Page = {
  path: "/funnel",
  reads: "business",
  filters: ["period"],
  showsPart: true,
  parameters: ["list", "basis", "page"],
  defaultPeriod: last26Weeks,
  render,
};

/** What the parts of the page show. */
interface FunnelData {
  readonly build: Build;
  readonly define: Define;
  readonly weeks: Period;
  readonly periods: ComparedPeriods;
  readonly sums: Compared<FunnelSums>;
  readonly steps: DataTable;
  readonly cohorts: Cohorts;
  readonly moves: Moves;
  readonly transitions: Transitions;
  readonly cancellations: Cancellations;
  readonly leads: ListedLeads;
}

async function render(request: PageRequest): Promise<PageContent> {
  const words = funnelWords[request.state.language];
  const list = readLeadList(request);
  const build = await readBuild(request.ask, null);
  if (build === null) return notBuilt(request, words.title);
  const weeks = weeksOf(request.state.period);
  const months = wholeMonthsOf(request.state.period);
  const periods = comparePeriods(weeks, build.lastFinishedDay);
  // One behind the other, without waiting: the server works while this program reads.
  const [define, sums, cohorts, moves, transitions, cancellations] = await Promise.all([
    readDefinitions(request),
    readFunnelSums(request, periods),
    readCohorts(request, weeks),
    readMoves(request, weeks),
    readTransitions(request),
    readCancellations(request, months),
  ]);
  const shown = {
    ...{ build, weeks, periods, define, sums, cohorts, moves, transitions, cancellations },
  };
  const { basis } = shown.cancellations;
  const total = totalOf(list, shown);
  const leads = await readLeads(request, { list, total, weeks, months, basis });
  const data: FunnelData = { ...shown, leads, steps: stepsTable(request, shown.sums) };
  const tables = [
    ...[data.steps, data.cohorts.table, data.moves.table],
    ...[data.transitions.matrix, data.transitions.dwell, data.cancellations.table],
    leads.table,
  ];
  return { title: words.title, tables, body: <Body request={request} data={data} /> };
}

interface FunnelPartProps {
  readonly request: PageRequest;
  readonly data: FunnelData;
}

function Body({ request, data }: FunnelPartProps): Markup {
  const words = funnelWords[request.state.language];
  const { define } = data;
  return (
    <>
      <Section id="summary" title={words.summary} intro={weeksText(request, data)}>
        <TooYoung request={request} data={data} />
        <FunnelKpis request={request} {...data} />
        <StepsFigure request={request} data={data} />
      </Section>
      <Section id="cohorts" title={words.cohorts} intro={words.cohortsIntro}>
        <CohortFigures request={request} cohorts={data.cohorts} define={define} />
      </Section>
      <Section id="moves" title={words.moves} intro={words.movesIntro}>
        <MovesFigure request={request} moves={data.moves} build={data.build} define={define} />
      </Section>
      <Section
        id="transitions"
        title={words.transitions}
        intro={words.transitionsIntro}
        guide={words.transitionsGuide}
      >
        <DataTableView
          view={request}
          table={data.transitions.matrix}
          emptyText={words.noTransitions}
        />
        <p class="intro">{words.dwellIntro}</p>
        <DataTableView
          view={request}
          table={data.transitions.dwell}
          emptyText={words.noTransitions}
        />
      </Section>
      <Section id="cancellations" title={words.cancellations} intro={words.cancellationsIntro}>
        <CancellationsFigure
          request={request}
          cancellations={data.cancellations}
          define={define}
        />
      </Section>
      <Section id="leads" title={words.listTitle} guide={words.listGuide}>
        <DataTableView view={request} table={data.leads.table} emptyText={words.noLeads} />
        <Pagination view={request} page={data.leads.page} pages={data.leads.pages} />
      </Section>
    </>
  );
}

function weeksText(request: PageRequest, { weeks, periods }: FunnelData): string {
  const words = funnelWords[request.state.language];
  const format = formatOf(request);
  const text = words.weeks(format.date(weeks.from.toString()), format.date(weeks.to.toString()));
  return periods.isComplete
    ? text
    : `${text}: ${words.soFar(format.count(periods.days), format.count(daysOf(weeks)))}`;
}

/** Fewer leads, or fewer days since the first of them, make no rates. */
const FEWEST_LEADS = 50;
const FEWEST_DAYS = 28;

/** Below this share of mature leads the rates of the period are said to be too low. */
const MATURE = 0.8;

function TooYoung({ request, data }: FunnelPartProps): Markup | string {
  const { language } = request.state;
  const words = funnelWords[language];
  const { sums: { present }, periods, cohorts, build } = data;
  if (present === null || present.first_day === null || periods.present === null) return "";
  const first = Temporal.PlainDate.from(present.first_day);
  const days = daysOf({ from: first, to: build.lastFinishedDay });
  if (present.leads < FEWEST_LEADS || days < FEWEST_DAYS) {
    const text = words.tooFew(
      present.leads,
      Math.min(days, daysOf({ from: first, to: periods.present.to })),
    );
    return <NoticeBox language={language} tone="info" text={text} />;
  }
  if (cohorts.maturity === null || cohorts.maturity >= MATURE) return "";
  const share = formatOf(request).ratio(cohorts.maturity);
  return (
    <NoticeBox
      language={language}
      tone="info"
      text={words.young(share, build.cohortMaturityDays)}
    />
  );
}

function StepsFigure({ request, data }: FunnelPartProps): Markup {
  const words = funnelWords[request.state.language];
  const { sums: { present, before }, periods, define } = data;
  const beforeOf = (stage: typeof FUNNEL_STAGES[number]): number | null =>
    present === null || before === null || before.leads === 0
      ? null
      : before[stage] / before.leads * present.leads;
  return (
    <ChartFigure
      view={request}
      id="funnel-figure"
      title={words.funnel}
      table={data.steps}
      notices={data.cohorts.notices}
      definition={define("dm.lead_funnel_week.reached_quote")}
    >
      <FunnelChart
        id="funnel-chart"
        title={words.funnel}
        description={words.funnelChart}
        format={formatOf(request)}
        kind="count"
        emptyText={words.noFunnel}
        steps={present === null ? [] : FUNNEL_STAGES.map((stage) => ({
          name: stageName(stage, request.state.language) ?? stage,
          tone: stage,
          value: present[stage],
          before: beforeOf(stage),
          href: siteLink(request, leadListHref(`reached-${stage}`)),
        }))}
        {...before === null || before.leads === 0 || periods.before === null
          ? {}
          : { comparison: words.atRatesBefore(periodText(request, periods.before)) }}
      />
    </ChartFigure>
  );
}
