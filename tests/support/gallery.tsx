import { ASSETS } from "../../lib/dashboard/assets.ts";
import { BarChart } from "../../lib/dashboard/charts/bar_chart.tsx";
import type { ChartPoint } from "../../lib/dashboard/charts/chart.ts";
import { FunnelChart } from "../../lib/dashboard/charts/funnel_chart.tsx";
import { HeatMap } from "../../lib/dashboard/charts/heat_map.tsx";
import { LineChart } from "../../lib/dashboard/charts/line_chart.tsx";
import { Sparkline } from "../../lib/dashboard/charts/sparkline.tsx";
import { StackedBarChart } from "../../lib/dashboard/charts/stacked_bar_chart.tsx";
import type { TapeRow } from "../../lib/dashboard/charts/tape.ts";
import { TapeChart } from "../../lib/dashboard/charts/tape_chart.tsx";
import { ChartFigure } from "../../lib/dashboard/frame/chart_figure.tsx";
import { DataTableView } from "../../lib/dashboard/frame/data_table.tsx";
import { Frame } from "../../lib/dashboard/frame/frame.tsx";
import { Kpi, KpiRow } from "../../lib/dashboard/frame/kpi.tsx";
import { NoticeBox } from "../../lib/dashboard/frame/notice_box.tsx";
import { Empty, Grid, Pagination, Section, Tabs } from "../../lib/dashboard/frame/parts.tsx";
import type { View } from "../../lib/dashboard/frame/view.ts";
import type { FrameProps } from "../../lib/dashboard/page/frame_props.ts";
import type {
  DataTable,
  Language,
  Markup,
  Page,
  PageState,
  SiteSettings,
} from "../../lib/dashboard/page/page.ts";
import { createFormat, type Format } from "../../lib/dashboard/words/format.ts";
import { NAVIGATION } from "../../lib/dashboard/words/frame_words.ts";
import { STAGES } from "../../lib/dashboard/words/stage_words.ts";
import { wordsOf } from "../../lib/dashboard/words/words.ts";

/** Names that break what takes them for markup, for short, or for left to right. */
export const HOSTILE_NAMES = [
  `<img src=x onerror="alert(1)">`,
  "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff senior, of Philadelphia",
  "محمد بن عبد الله الخوارزمي",
  "\u202eevil\u202c right to left",
];

export const SETTINGS: SiteSettings = {
  timeZone: "Europe/Berlin",
  currency: "EUR",
  amoUrl: "https://example.amocrm.ru",
  showsPersonalData: false,
  hasWriteButtons: false,
  weekendDays: [6, 7],
};

/** A state as the site makes it of an address with these parameters. */
export function stateOf(
  address: Readonly<Record<string, string>> = {},
  language: Language = "en",
): PageState {
  return {
    period: {
      from: Temporal.PlainDate.from("2026-05-01"),
      to: Temporal.PlainDate.from("2026-05-31"),
    },
    car: null,
    model: null,
    asOf: null,
    language,
    own: {},
    address,
  };
}

/** A page of which only the name and the filters count. */
export function pageAt(path: string, filters: Page["filters"] = []): Page {
  const { period } = stateOf();
  return {
    path,
    reads: "business",
    filters,
    defaultPeriod: () => period,
    render: () => Promise.reject(new Error("never rendered")),
  };
}

/** What the site gives to the frame of the page. */
export function frameOf(body: Markup, changes: Partial<FrameProps> = {}): FrameProps {
  return {
    language: "en",
    title: "Fleet",
    path: "/fleet",
    page: pageAt("/fleet", ["period", "car", "model", "as_of"]),
    pages: NAVIGATION.map((path) => pageAt(path)),
    address: {},
    state: stateOf(),
    settings: SETTINGS,
    choices: {
      cars: [{ id: 1, name: "Audi A3 · B AA 101" }, { id: 2, name: HOSTILE_NAMES[1] ?? "" }],
      models: ["Audi A3", "VW Golf"],
    },
    assets: ASSETS,
    dataAt: Temporal.Instant.from("2026-05-17T07:30:00Z"),
    lastGood: null,
    notices: [],
    tables: [],
    hasSession: true,
    body,
    ...changes,
  };
}

/** The faces of the gallery: each is a page of its own. */
export const GALLERY_PARTS = ["numbers", "lines", "bars", "funnels", "maps", "others"] as const;

export type GalleryPart = (typeof GALLERY_PARTS)[number];

const PARTS: Readonly<Record<GalleryPart, (props: PartProps) => Markup>> = {
  numbers: Numbers,
  lines: Lines,
  bars: Bars,
  funnels: Funnels,
  maps: Maps,
  others: Others,
};

/** A whole document with some of the components in every case. */
export async function galleryPage(language: Language, part: GalleryPart): Promise<string> {
  const state = stateOf({ lang: language }, language);
  const view: View = { path: "/fleet", state, settings: SETTINGS };
  const format = createFormat({ language, timeZone: SETTINGS.timeZone, currency: "EUR" });
  const body = PARTS[part]({ view, format });
  const { pages } = wordsOf(language).frame;
  const frame = frameOf(body, {
    language,
    state,
    title: pages["/fleet"],
    address: { lang: language, as_of: "2026-05-17" },
    lastGood: "This is the last good page. The warehouse does not answer.",
    notices: [{
      level: "warning",
      kind: "source",
      subject: "stg_leads",
      tables: ["stg.stg_leads"],
      text: "stg.stg_leads was last loaded on 15 May 2026. See deno task runs.",
    }],
  });
  return String(
    await (
      <Frame
        {...frame}
        state={{ ...state, asOf: Temporal.PlainDate.from("2026-05-17") }}
      />
    ),
  );
}

interface PartProps {
  readonly view: View;
  readonly format: Format;
}

const DEFINITION = {
  text: "How much of the fleet earned: rented days of all car days.",
  numerator: "Days on which a car was rented, double bookings once",
  denominator: "Days on which a car was in the fleet",
  leftOut: "Days after the last finished day",
  sqlFile: "dashboard/find_filters.sql",
};

function Numbers({ view }: PartProps): Markup {
  const before = { than: "1–16 April 2026", isMoreBetter: true };
  return (
    <Section id="numbers" title="Numbers" intro="Tiles with all that can be said of a number.">
      <KpiRow>
        <Kpi
          view={view}
          name="Utilisation"
          kind="ratio"
          value="0.71875"
          comparison={[{ ...before, value: "0.66" }, {
            value: "0.8",
            than: "May 2025",
            isMoreBetter: true,
          }]}
          href="/fleet#cars"
          definition={DEFINITION}
        >
          <Sparkline title="Utilisation, last days" values={[0.4, 0.6, null, 0.5, 0.7, 0.71]} />
        </Kpi>
        <Kpi
          view={view}
          name="Revenue"
          kind="money"
          value="12345678.905"
          comparison={{ ...before, value: null }}
          definition={DEFINITION}
        />
        <Kpi
          view={view}
          name="Overdue"
          kind="count"
          value={3}
          unit="of 20 cars"
          tone="bad"
          href="/"
          comparison={{ ...before, value: 0, isMoreBetter: false }}
          definition={DEFINITION}
        />
        <Kpi
          view={view}
          name={HOSTILE_NAMES[1] ?? ""}
          kind="days"
          value={1.5}
          comparison={{ ...before, value: 1.5, isMoreBetter: null }}
          definition={DEFINITION}
        />
        <Kpi view={view} name="Dwell" kind="seconds" value={187_200} definition={DEFINITION} />
        <Kpi view={view} name="Unknown" kind="money" value={null} definition={DEFINITION} />
      </KpiRow>
    </Section>
  );
}

/** One point for each of the days, by its number from 0. */
export function days(
  from: string,
  count: number,
  valueOf: (day: number) => number | string | null,
): ChartPoint[] {
  const first = Temporal.PlainDate.from(from);
  return Array.from({ length: count }, (_, day) => ({
    at: first.add({ days: day }).toString(),
    value: valueOf(day),
  }));
}

function tableOf(name: string, points: readonly ChartPoint[]): DataTable {
  return {
    name,
    title: `Numbers of ${name}`,
    columns: [
      { key: "at", title: "Day", kind: "date", linkTo: () => "/calendar" },
      { key: "value", title: "Revenue", kind: "money", definition: "dm.revenue_day.revenue" },
    ],
    rows: points.map(({ at, value }) => ({
      at,
      value: typeof value === "bigint" ? String(value) : value,
    })),
    sqlFile: "dashboard/find_filters.sql",
  };
}

const wave = (day: number): number => Math.round(1200 + 700 * Math.sin(day / 2.3) + 31 * day);

function Lines({ view, format }: PartProps): Markup {
  const axis = { step: "day", from: "2026-05-01", to: "2026-05-31" } as const;
  const common = {
    description: "A line for each period; a gap is a day without data.",
    format,
    kind: "money",
    emptyText: "There is no revenue yet: the first rental begins on 3 June.",
  } as const;
  const now = days(
    "2026-05-01",
    17,
    (day) => day === 6 || day === 7 || day === 9 ? null : wave(day),
  );
  const before = days("2026-05-01", 31, (day) => wave(day + 3) - 300);
  const figure = (id: string, title: string, points: readonly ChartPoint[], chart: Markup) => (
    <ChartFigure
      view={view}
      id={`figure-${id}`}
      title={title}
      subtitle="€ a day"
      table={tableOf(id.replaceAll("-", "_"), points)}
      definition={DEFINITION}
    >
      {chart}
    </ChartFigure>
  );
  return (
    <Section id="lines" title="Lines">
      <Grid>
        {figure(
          "line",
          "Revenue",
          now,
          <LineChart
            {...common}
            id="line"
            title="Revenue"
            axis={axis}
            series={[
              { name: "May 2026", tone: "main", points: now },
              { name: "April 2026", tone: "second", points: before, isComparison: true },
            ]}
            unfinished={["2026-05-17"]}
            marks={[{ at: "2026-05-12", text: "The check double_bookings found 2 rows." }]}
          />,
        )}
        {figure(
          "line-negative",
          "Pickup, above and below zero",
          before,
          <LineChart
            {...common}
            id="line-negative"
            title="Pickup"
            axis={axis}
            series={[{
              name: "Pickup",
              tone: "main",
              points: days("2026-05-01", 31, (day) => Math.sin(day / 3) * 12e6),
            }]}
          />,
        )}
        {figure(
          "line-one",
          "One point",
          now.slice(0, 1),
          <LineChart
            {...common}
            id="line-one"
            title="One point"
            axis={axis}
            series={[{
              name: "May 2026",
              tone: "main",
              points: [{ at: "2026-05-09", value: "0.00042" }],
            }]}
          />,
        )}
        {figure(
          "line-empty",
          "Nothing",
          [],
          <LineChart {...common} id="line-empty" title="Nothing" axis={axis} series={[]} />,
        )}
        {figure(
          "line-years",
          "Five years of days",
          now,
          <LineChart
            {...common}
            id="line-years"
            title="Five years"
            axis={{ step: "day", from: "2021-06-01", to: "2026-05-31" }}
            series={[{
              name: "Revenue",
              tone: "main",
              points: days("2021-06-01", 1826, (day) => wave(day / 50) + (day % 7) * 40),
            }]}
          />,
        )}
        {figure(
          "line-names",
          "Names of every kind",
          now,
          <LineChart
            {...common}
            id="line-names"
            title={HOSTILE_NAMES[0] ?? ""}
            axis={axis}
            series={HOSTILE_NAMES.map((name, index) => ({
              name,
              tone: (["main", "second", "third", "fourth"] as const)[index] ?? "main",
              points: days("2026-05-01", 31, (day) => wave(day + index * 4)),
            }))}
          />,
        )}
      </Grid>
    </Section>
  );
}

function Bars({ view, format }: PartProps): Markup {
  const months = { step: "month", from: "2025-06-01", to: "2026-05-31" } as const;
  const first = Temporal.PlainDate.from("2025-06-01");
  const values = Array.from({ length: 12 }, (_, month): ChartPoint => ({
    at: first.add({ months: month }).toString(),
    value: month === 4 ? null : month === 7 ? 0 : 20_000 + 3000 * Math.round(5 * Math.sin(month)),
  }));
  const common = {
    description: "A bar for each month.",
    format,
    kind: "money",
    emptyText: "No booking has an amount yet.",
  } as const;
  const parts = STAGES.slice(3, 7);
  return (
    <Section id="bars" title="Bars">
      <Grid>
        <ChartFigure
          view={view}
          id="figure-bar"
          title="Revenue by month"
          table={tableOf("bar", values)}
          notices={[{
            level: "error",
            kind: "check",
            subject: "double_bookings",
            tables: ["dds.fact_rentals"],
            text: "The check double_bookings found 2.",
          }]}
        >
          <BarChart
            {...common}
            id="bar"
            title="Revenue by month"
            axis={months}
            series={[
              { name: "This year", tone: "main", points: values },
              {
                name: "A year ago",
                tone: "second",
                isComparison: true,
                points: values.map(({ at }, month) => ({ at, value: 18_000 + 900 * month })),
              },
            ]}
            unfinished={["2026-05-01"]}
            linkTo={(at) => `/money?from=${at.slice(0, 7)}`}
          />
        </ChartFigure>
        <ChartFigure
          view={view}
          id="figure-bar-negative"
          title="Pickup by week"
          table={tableOf("bar_negative", values)}
        >
          <BarChart
            {...common}
            id="bar-negative"
            title="Pickup by week"
            kind="count"
            axis={{ step: "week", from: "2026-01-01", to: "2026-05-31" }}
            series={[
              {
                name: "Extended",
                tone: "good",
                points: weeks(20, (week) => week % 5),
              },
              { name: "Shortened", tone: "bad", points: weeks(20, (week) => -(week % 4)) },
            ]}
          />
        </ChartFigure>
        <ChartFigure
          view={view}
          id="figure-bar-labels"
          title="Lead time"
          table={tableOf("bar_labels", values)}
        >
          <BarChart
            {...common}
            id="bar-labels"
            title="Lead time"
            kind="count"
            axis={{ labels: ["0", "1–3", "4–7", "8–14", ...HOSTILE_NAMES] }}
            series={[{
              name: "Bookings",
              tone: "main",
              points: ["0", "1–3", "4–7", "8–14", ...HOSTILE_NAMES].map((at, index) => ({
                at,
                value: [4, 9, 7, 3, 2, 1, 1, 5][index] ?? 0,
              })),
            }]}
          />
        </ChartFigure>
        <ChartFigure
          view={view}
          id="figure-stacked"
          title="Bookings by stage"
          table={tableOf("stacked", values)}
        >
          <StackedBarChart
            {...common}
            id="stacked"
            title="Bookings by stage"
            kind="count"
            axis={{ step: "day", from: "2026-05-01", to: "2026-05-21" }}
            series={parts.map((stage, index) => ({
              name: wordsOf(format.settings.language).stages[stage],
              tone: stage,
              points: days(
                "2026-05-01",
                21,
                (day) =>
                  day === 5
                    ? null
                    : day === 8
                    ? 0
                    : (day * (index + 2)) % 7 - (index === 3 ? 3 : 0),
              ),
            }))}
            unfinished={["2026-05-20", "2026-05-21"]}
          />
        </ChartFigure>
      </Grid>
    </Section>
  );
}

function weeks(count: number, valueOf: (week: number) => number): ChartPoint[] {
  const first = Temporal.PlainDate.from("2025-12-29");
  return Array.from({ length: count }, (_, week) => ({
    at: first.add({ weeks: week }).toString(),
    value: valueOf(week),
  }));
}

function Funnels({ view, format }: PartProps): Markup {
  const counts = [240, 181, 96, 88, 71, 64, 60];
  const common = {
    description: "How many leads reached each stage or one beyond it.",
    format,
    kind: "count",
    emptyText: "No lead was created in these weeks.",
  } as const;
  return (
    <Section id="funnels" title="Funnels">
      <Grid>
        <ChartFigure view={view} id="figure-funnel" title="Funnel" table={tableOf("funnel", [])}>
          <FunnelChart
            {...common}
            id="funnel"
            title="Funnel"
            comparison="April 2026"
            steps={counts.map((value, index) => ({
              name: index === 2
                ? HOSTILE_NAMES[1] ?? ""
                : wordsOf(format.settings.language).stages[STAGES[index] ?? "other"],
              tone: STAGES[index] ?? "other",
              value,
              before: value + 20 - index * 6,
              href: index === 0 ? "/funnel" : null,
            }))}
          />
        </ChartFigure>
        <ChartFigure
          view={view}
          id="figure-funnel-empty"
          title="Nothing"
          table={tableOf("funnel_empty", [])}
        >
          <FunnelChart {...common} id="funnel-empty" title="Nothing" steps={[]} />
        </ChartFigure>
      </Grid>
    </Section>
  );
}

/** A fleet on the tape: `count` cars over the days, with all that can happen to one. */
export function tapeRows(count: number): TapeRow[] {
  const first = Temporal.PlainDate.from("2026-05-01");
  const at = (day: number): string => first.add({ days: day }).toString();
  const cars = Array.from({ length: count }, (_, car): TapeRow => ({
    key: String(car + 1),
    name: car === 3 ? HOSTILE_NAMES[1] ?? "" : `Audi A${car % 8 + 1}`,
    detail: `B AA ${101 + car}`,
    href: `/history/car/${car + 1}`,
    marks: car === 1 ? [{ at: at(9), text: "B AA 102 → B ZZ 900" }] : [],
    bars: Array.from({ length: 5 }, (_, booking) => {
      const start = booking * 7 + (car * 3) % 5 - 2;
      const stage = booking < 2 ? "closed" : booking === 2 ? "on_rent" : "confirmed";
      return {
        key: `${car}-${booking}`,
        first: at(start),
        last: at(start + (car + booking) % 6),
        initials: "AB",
        name: `AB, ${car}-${booking}`,
        stage,
        href: `/history/lead/${car * 10 + booking}`,
        isOverdue: car === 2 && booking === 1,
        isDoubleBooked: car === 0 && booking === 3,
      };
    }),
  }));
  const [firstCar] = cars;
  const double = firstCar && {
    ...firstCar,
    bars: [...firstCar.bars, {
      key: "double",
      first: at(20),
      last: at(24),
      initials: "مب",
      name: HOSTILE_NAMES[2] ?? "",
      stage: "deposit" as const,
      href: "/history/lead/999",
      isDoubleBooked: true,
    }],
  };
  const unassigned: TapeRow = {
    key: "unassigned-golf",
    name: "VW Golf",
    detail: "without a car",
    isUnassigned: true,
    bars: [
      {
        key: "u1",
        first: at(17),
        last: at(22),
        initials: "<b>",
        name: HOSTILE_NAMES[0] ?? "",
        stage: "confirmed",
        href: null,
      },
    ],
  };
  return [unassigned, ...double ? [double, ...cars.slice(1)] : cars];
}

function Maps({ view, format }: PartProps): Markup {
  const common = {
    description: "Each row is a car, each column a day.",
    format,
    emptyText: "There is no car yet: add one to the catalog Cars.",
  };
  const states = ["idle", "rented", "rented", "rented", "double", "idle", null, "ahead"] as const;
  const rows = HOSTILE_NAMES.concat(["Audi A3", "VW Golf", "BMW 1", "Opel Corsa"]);
  return (
    <Section id="maps" title="Cars and days">
      <ChartFigure view={view} id="figure-heat" title="Rented days" table={tableOf("heat", [])}>
        <HeatMap
          {...common}
          id="heat"
          title="Rented days"
          axis={{ step: "day", from: "2026-03-01", to: "2026-05-29" }}
          rows={rows.map((name, index) => ({
            key: String(index),
            name,
            href: index % 2 === 0 ? `/history/car/${index}` : null,
          }))}
          states={[
            { key: "rented", name: "Rented", tone: "main" },
            { key: "ahead", name: "Booked ahead", tone: "main", isHatched: true },
            { key: "double", name: "Double booked", tone: "bad" },
            { key: "idle", name: "Idle", tone: "idle" },
          ]}
          stateOf={(row, at) => {
            const number = Number(row) * 5 + Math.floor(Number(at.slice(8)) / 3) + Number(at[6]);
            return states[number % states.length] ?? null;
          }}
        />
      </ChartFigure>
      <ChartFigure view={view} id="figure-tape" title="Calendar" table={tableOf("tape", [])}>
        <TapeChart
          {...common}
          id="tape"
          title="Calendar"
          from="2026-05-01"
          to="2026-06-04"
          today="2026-05-17"
          weekendDays={[6, 7]}
          freeOn={(at) => at > "2026-06-01" ? null : Number(at.slice(8)) % 4}
          rows={tapeRows(7)}
        />
      </ChartFigure>
    </Section>
  );
}

function Others({ view }: PartProps): Markup {
  const { language } = view.state;
  const clients: DataTable = {
    name: "clients",
    title: "Clients",
    columns: [
      {
        key: "client",
        title: "Client",
        kind: "text",
        isPersonal: true,
        linkTo: (row) => `/history/client/${row["id"]}`,
      },
      { key: "note", title: "Note", kind: "text", linkTo: () => "javascript:alert(1)" },
      {
        key: "id",
        title: "Lead",
        kind: "id",
        linkTo: (row) => `https://example.amocrm.ru/leads/detail/${row["id"]}`,
      },
      { key: "revenue", title: "Revenue", kind: "money" },
      { key: "share", title: "Share", kind: "ratio" },
      { key: "rentals", title: "Rentals", kind: "count" },
      { key: "repeat", title: "Repeat", kind: "flag" },
      { key: "seen", title: "Last seen", kind: "moment" },
      { key: "month", title: "Month", kind: "month" },
      { key: "dwell", title: "Dwell", kind: "seconds" },
    ],
    rows: HOSTILE_NAMES.map((note, index) => ({
      client: index === 3 ? null : note,
      note,
      id: 4711 + index,
      revenue: index === 2 ? null : "-1234567.005",
      share: "0.12345",
      rentals: 1_000_000 * index,
      repeat: index % 2 === 0,
      seen: "2026-03-29T01:30:00Z",
      month: "2026-03-01",
      dwell: 3599 * (index + 1),
    })),
    sqlFile: "dashboard/find_filters.sql",
  };
  return (
    <Section id="others" title="Others">
      <Tabs
        label="Faces of the page"
        tabs={[
          { name: "Leads", href: "/funnel?tab=leads", isCurrent: true },
          { name: "Moves", href: "/funnel?tab=moves", isCurrent: false },
        ]}
      />
      <DataTableView view={view} table={clients} most={3} />
      <Pagination view={view} page={2} pages={5} />
      <DataTableView
        view={view}
        table={{ ...clients, name: "no_clients", title: "Nobody", rows: [] }}
        emptyText="Nobody has rented a car in this period."
      />
      {(["info", "warning", "bad", "good"] as const).map((tone) => (
        <NoticeBox language={language} tone={tone} text="Something that has to be known." />
      ))}
      <Empty
        title="Five days are too few for a funnel"
        text="A cohort is a week: the first one is complete on Sunday, 24 May."
        link={{ href: "/", name: "To the first page" }}
      />
    </Section>
  );
}
