import { TapeChart } from "../charts/tape_chart.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { DataTableView } from "../frame/data_table.tsx";
import { siteLink } from "../frame/links.ts";
import { Pagination, Section, Tabs } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import { isWholeWanted } from "../page/csv_rows.ts";
import type { Notice } from "../page/notice.ts";
import type { DataTable, Markup, Page, PageContent, PageRequest, Period } from "../page/page.ts";
import { calendarWords } from "../words/calendar_page.ts";
import { readBuild } from "./build.ts";
import {
  type Booking,
  BOOKINGS_FILE,
  type CalendarCar,
  type CalendarDay,
  type PlateChange,
  readBookings,
  readCars,
  readDays,
  readPlateChanges,
} from "./calendar_rows.ts";
import { bookingsTable, freeDaysTable } from "./calendar_tables.ts";
import { tapeRows } from "./calendar_tape.ts";
import { daysOf } from "./compared_periods.ts";
import { notBuilt } from "./not_built.tsx";
import { pageOf } from "./paged_table.ts";

/** More columns than a screen can tell apart. */
const MOST_DAYS = 92;

const MOST_CARS = 100;

/** Of those without a car, which stand above the cars on every page of them. */
const MOST_UNASSIGNED = 200;

/** Cars by days with their bookings: the tape chart. */
export const calendarPage: Page = {
  path: "/calendar",
  reads: "business",
  filters: ["period", "car", "model", "as_of"],
  showsPart: true,
  parameters: ["page"],
  defaultPeriod: aroundDay,
  render,
};

function aroundDay(day: Temporal.PlainDate): Period {
  return { from: day.subtract({ days: 7 }), to: day.add({ days: 21 }) };
}

interface CalendarData {
  readonly shown: Period;
  readonly allCars: number;
  /** Those of the page that is asked for. */
  readonly cars: readonly CalendarCar[];
  readonly page: number;
  readonly pages: number;
  readonly bookings: readonly Booking[];
  readonly days: readonly CalendarDay[];
  readonly plateChanges: readonly PlateChange[];
  readonly bookingsTable: DataTable;
  readonly freeTable: DataTable;
  readonly notices: readonly Notice[];
}

async function render(request: PageRequest): Promise<PageContent> {
  const words = calendarWords[request.state.language];
  if (await readBuild(request.ask, request.state.asOf) === null) {
    return notBuilt(request, words.title);
  }
  const shown = firstDays(request.state.period);
  const allCars = await readCars(request, shown);
  const { page, pages, shown: cars } = isWholeWanted(request, { table: "bookings", isFirst: true })
    ? { page: 1, pages: 1, shown: allCars }
    : pageOf(request, allCars, MOST_CARS);
  const mostUnassigned = request.csvTable !== null ? null : MOST_UNASSIGNED;
  // One behind the other, without waiting: the server works while this program reads.
  const [bookings, days, plateChanges, notices] = await Promise.all([
    readBookings(request, shown, cars, mostUnassigned),
    readDays(request, shown),
    readPlateChanges(request, shown, cars),
    request.notices(BOOKINGS_FILE),
  ]);
  const data: CalendarData = {
    shown,
    cars,
    page,
    pages,
    bookings,
    days,
    allCars: allCars.length,
    plateChanges,
    notices,
    bookingsTable: bookingsTable(request, bookings),
    freeTable: freeDaysTable(request, days),
  };
  return {
    title: words.title,
    tables: [data.bookingsTable, data.freeTable],
    body: <Body request={request} data={data} />,
  };
}

function firstDays(period: Period): Period {
  if (daysOf(period) <= MOST_DAYS) return period;
  return { from: period.from, to: period.from.add({ days: MOST_DAYS - 1 }) };
}

interface PartProps {
  readonly request: PageRequest;
  readonly data: CalendarData;
}

function Body({ request, data }: PartProps): Markup {
  const words = calendarWords[request.state.language];
  return (
    <>
      <Section id="days" title={words.days} intro={words.intro}>
        <OtherDays request={request} shown={data.shown} />
        <TapeFigure request={request} data={data} />
        <Pagination view={request} page={data.page} pages={data.pages} />
      </Section>
      <Section id="free" title={words.free} intro={words.freeIntro}>
        <DataTableView view={request} table={data.freeTable} isFolded />
      </Section>
    </>
  );
}

/** Links to the days before and after, as many as are shown. */
function OtherDays(
  { request, shown }: { readonly request: PageRequest; readonly shown: Period },
): Markup {
  const words = calendarWords[request.state.language];
  const days = daysOf(shown);
  const linkTo = (from: Temporal.PlainDate | null, to: Temporal.PlainDate | null): string =>
    siteLink(request, "/calendar", {
      from: from?.toString() ?? null,
      to: to?.toString() ?? null,
    });
  return (
    <Tabs
      label={words.move}
      tabs={[
        {
          name: `← ${words.earlier}`,
          href: linkTo(shown.from.subtract({ days }), shown.from.subtract({ days: 1 })),
          isCurrent: false,
        },
        { name: words.aroundToday, href: linkTo(null, null), isCurrent: false },
        {
          name: `${words.later} →`,
          href: linkTo(shown.to.add({ days: 1 }), shown.to.add({ days })),
          isCurrent: false,
        },
      ]}
    />
  );
}

function TapeFigure({ request, data }: PartProps): Markup {
  const { state, settings, today } = request;
  const words = calendarWords[state.language];
  const format = formatOf(request);
  const from = data.shown.from.toString();
  const to = data.shown.to.toString();
  const title = words.carsByDays(format.date(from), format.date(to));
  const free = new Map(data.days.map((day) => [day.usage_date, day.free_cars]));
  const subtitle = shownText(request, data);
  return (
    <ChartFigure
      view={request}
      id="tape"
      title={title}
      {...(subtitle === "" ? {} : { subtitle })}
      table={data.bookingsTable}
      total={countOf(data.bookings)}
      notices={data.notices}
    >
      <TapeChart
        id="tape-chart"
        title={title}
        description={words.description}
        format={format}
        emptyText={words.noCars}
        from={from}
        to={to}
        today={(state.asOf ?? today).toString()}
        weekendDays={settings.weekendDays}
        freeOn={(day) => free.get(day) ?? null}
        rows={tapeRows(request, data.cars, data.bookings, data.plateChanges)}
      />
    </ChartFigure>
  );
}

/** How many without a car there are, shown or not: the first rows are of them. */
function unassignedOf(bookings: readonly Booking[]): number {
  return bookings[0]?.found ?? 0;
}

function countOf(bookings: readonly Booking[]): number {
  return unassignedOf(bookings) + bookings.filter(({ car_id }) => car_id !== null).length;
}

/** What is left out, in words. */
function shownText({ state, settings }: PageRequest, data: CalendarData): string {
  const words = calendarWords[state.language];
  const { date } = formatOf({ path: "", state, settings });
  const { shown, page, cars, allCars, bookings } = data;
  const unassigned = unassignedOf(bookings);
  const first = (page - 1) * MOST_CARS;
  return [
    shown.to.equals(state.period.to)
      ? ""
      : words.shownDays(date(shown.from.toString()), date(shown.to.toString())),
    data.pages === 1 ? "" : words.shownCars(first + 1, first + cars.length, allCars),
    unassigned <= MOST_UNASSIGNED ? "" : words.shownUnassigned(MOST_UNASSIGNED, unassigned),
  ].filter((text) => text !== "").join(" ");
}
