import { BarChart } from "../charts/bar_chart.tsx";
import { extremesText, type FindingProps } from "../charts/finding.ts";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { Kpi, type KpiProps, KpiRow } from "../frame/kpi.tsx";
import { Section } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import type { Notice } from "../page/notice.ts";
import type { DataTable, Markup, Page, PageContent, PageRequest } from "../page/page.ts";
import { todayWords } from "../words/today_page.ts";
import { readBuild } from "./build.ts";
import { type Define, readDefinitions } from "./definitions.ts";
import { notBuilt } from "./not_built.tsx";
import { KindList, listHref, MOST_SHOWN, readChosenList } from "./today_lists.tsx";
import {
  type Kind,
  type KindCounts,
  KINDS,
  readToday,
  type Today,
  TODAY_FILE,
} from "./today_rows.ts";
import { freeDaysTable, freeTable, leadTable } from "./today_tables.ts";

/** What the day asks for: hand-overs, what is late or contradicts itself, and which cars are free. */
export const todayPage: Page = {
  path: "/",
  reads: "business",
  filters: ["as_of"],
  showsPart: true,
  parameters: ["list", "page"],
  defaultPeriod: (today) => ({ from: today, to: today }),
  render,
};

interface TodayData {
  readonly day: Temporal.PlainDate;
  readonly counts: Today["counts"];
  /** In the order of the kinds. */
  readonly lists: readonly DataTable[];
  readonly freeDays: DataTable;
  /** The list that is looked at by itself. */
  readonly chosen: Kind | null;
  readonly define: Define;
  readonly notices: readonly Notice[];
}

async function render(request: PageRequest): Promise<PageContent> {
  const words = todayWords[request.state.language];
  if (await readBuild(request.ask, request.state.asOf) === null) {
    return notBuilt(request, words.title);
  }
  const chosen = readChosenList(request);
  const most = request.csvTable !== null ? null : MOST_SHOWN;
  const { rows, counts } = await readToday(request, { whole: chosen, most });
  const day = request.state.asOf ?? request.today;
  const lists = KINDS.map((kind) =>
    kind === "free_car" ? freeTable(request, day, rows) : leadTable(request, kind, rows)
  );
  const data: TodayData = {
    day,
    counts,
    lists,
    chosen,
    freeDays: freeDaysTable(request, day, counts("free_car")),
    define: await readDefinitions(request),
    notices: await request.notices(TODAY_FILE),
  };
  return {
    title: words.title,
    tables: [...lists, data.freeDays],
    body: <Body request={request} data={data} />,
  };
}

interface PartProps {
  readonly request: PageRequest;
  readonly data: TodayData;
}

function Body({ request, data }: PartProps): Markup {
  const words = todayWords[request.state.language];
  return (
    <>
      <Section
        id="numbers"
        title={words.numbers}
        intro={words.intro(formatOf(request).date(data.day.toString()))}
      >
        <KpiRow>
          {KINDS.map((kind) => <KindKpi request={request} data={data} kind={kind} />)}
        </KpiRow>
      </Section>
      {KINDS.map((kind, index) => {
        const table = data.lists[index];
        if (!table || (data.chosen !== null && data.chosen !== kind)) return "";
        return (
          <Section id={kind} title={words.kinds[kind]} intro={words.intros[kind]}>
            {kind === "free_car" ? <FreeFigure request={request} data={data} /> : ""}
            <KindList
              request={request}
              kind={kind}
              table={{ ...table, title: tableTitle(words.kinds[kind], data, request) }}
              total={data.counts(kind).rows}
              isChosen={data.chosen === kind}
            />
          </Section>
        );
      })}
    </>
  );
}

/** Another name than that of the section around it. */
function tableTitle(name: string, { day }: TodayData, request: PageRequest): string {
  return `${name}, ${formatOf(request).date(day.toString())}`;
}

/** How a number of the kind should be looked at, once it is above 0. */
const TONES: Readonly<Partial<Record<Kind, NonNullable<KpiProps["tone"]>>>> = {
  overdue: "bad",
  unassigned: "warning",
  double_booked: "bad",
  handover_clash: "warning",
  contradiction: "warning",
};

function KindKpi({ request, data, kind }: PartProps & { readonly kind: Kind }): Markup {
  const words = todayWords[request.state.language];
  const counts = data.counts(kind);
  const tone = counts.rows > 0 ? TONES[kind] : undefined;
  const unit = unitOf(kind, counts, request);
  return (
    <Kpi
      view={request}
      name={kind === "free_car" ? words.freeToday : words.kinds[kind]}
      kind="count"
      value={valueOf(kind, counts, data.day)}
      {...(unit === undefined ? {} : { unit })}
      {...(tone === undefined ? {} : { tone })}
      href={listHref(request, kind, counts.rows)}
      definition={{ text: definitionOf(kind, data.define), sqlFile: TODAY_FILE }}
    />
  );
}

/** Of double bookings the leads, since their list names a lead for each of its days; of cars those of the day. */
function valueOf(
  kind: Kind,
  { rows, leads, free_cars }: KindCounts,
  day: Temporal.PlainDate,
): number {
  if (kind === "double_booked") return leads;
  return kind === "free_car" ? free_cars?.[day.toString()] ?? 0 : rows;
}

/** What stands behind the number of a kind. */
function unitOf(kind: Kind, counts: KindCounts, request: PageRequest): string | undefined {
  const words = todayWords[request.state.language];
  const { count } = formatOf(request);
  if (kind === "out_today" || kind === "in_today") return words.done(count(counts.done));
  // The list has a booking once for each of its days: a number of rows would be neither of bookings nor of days.
  if (kind !== "double_booked" || counts.rows === 0) return undefined;
  return words.carDays(count(counts.car_days));
}

/** The comment of the column says what each kind is: "overdue: On Rent and …. unassigned: …". */
function definitionOf(kind: Kind, define: Define): string {
  const { text } = define("dm.today.kind");
  const parts = text.split(/\.\s+(?=[a-z_]+(?:, [a-z_]+)*: )/);
  const part = parts.find((one) => one.slice(0, one.indexOf(":")).split(", ").includes(kind));
  return part === undefined ? text : `${part.slice(part.indexOf(":") + 2).replace(/\.$/, "")}.`;
}

function FreeFigure({ request, data }: PartProps): Markup {
  const words = todayWords[request.state.language];
  const { rows } = data.freeDays;
  const points = rows.map((row) => ({ at: String(row.usage_date), value: Number(row.free_cars) }));
  const chart: FindingProps = {
    format: formatOf(request),
    kind: "count",
    axis: { step: "day", from: points[0]?.at ?? "", to: points.at(-1)?.at ?? "" },
    series: [{ name: words.kinds.free_car, tone: "good", points }],
  };
  return (
    <ChartFigure
      view={request}
      id="free-days"
      title={words.freeByDay}
      finding={extremesText(chart)}
      table={data.freeDays}
      notices={data.notices}
    >
      <BarChart
        {...chart}
        id="free-days-chart"
        title={words.freeByDay}
        description={words.freeChart}
        emptyText={words.none.free_car}
      />
    </ChartFigure>
  );
}
