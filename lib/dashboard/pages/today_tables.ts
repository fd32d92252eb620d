import { formatOf } from "../frame/view.ts";
import type { Column, DataTable, PageRequest, Row } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { stageName } from "../words/stage_name.ts";
import { type TodayWords, todayWords } from "../words/today_page.ts";
import { crmLeadAddress } from "./history/crm_address.ts";
import { carColumn, leadColumn } from "./record_columns.ts";
import { type Kind, type KindCounts, TODAY_FILE, type TodayRow } from "./today_rows.ts";

/** Today, and as many days after it are looked at. */
export const DAYS_AHEAD = 7;

/** The rows of one kind that is about leads. */
export function leadTable(
  request: PageRequest,
  kind: Exclude<Kind, "free_car">,
  rows: readonly TodayRow[],
): DataTable {
  const { state } = request;
  const words = todayWords[state.language];
  return {
    name: kind,
    title: words.kinds[kind],
    sqlFile: TODAY_FILE,
    columns: columnsOf(request, kind),
    rows: rows.filter((row) => row.kind === kind).map(({ free_days: _, ...row }): Row => ({
      ...row,
      stage_name: stageName(row.stage, state.language),
      crm: row.lead_id === null ? null : words.openInCrm,
      why: reasonOf(row, words),
    })),
  };
}

function columnsOf(
  { state, settings }: PageRequest,
  kind: Exclude<Kind, "free_car">,
): Column[] {
  const words = todayWords[state.language];
  const names = figuresWords[state.language];
  const crm: Column = {
    key: "crm",
    title: words.crm,
    kind: "text",
    linkTo: (row) => crmLeadAddress(row.lead_id, settings.amoUrl),
  };
  // Without an account there is nothing to open.
  const lead = [leadColumn(names.lead), ...settings.amoUrl === null ? [] : [crm]];
  const reason: Column[] = kind === "contradiction"
    ? [{ key: "why", title: words.why, kind: "text" }]
    : [];
  const done: Column[] = kind === "out_today" || kind === "in_today"
    ? [{ key: "is_done", title: words.isDone, kind: "flag" }]
    : [];
  const day: Column[] = kind === "out_today" || kind === "in_today"
    ? []
    : [{ key: "usage_date", title: words.day, kind: "date" }];
  return [
    ...lead,
    carColumn(names.car),
    { key: "model", title: names.model, kind: "text" },
    { key: "client_name", title: words.client, kind: "text", isPersonal: true },
    ...day,
    ...reason,
    ...done,
    // How a booking stands now says nothing of an earlier day.
    ...(state.asOf === null ? presentColumns(words, names.stage) : []),
  ];
}

function presentColumns(words: TodayWords, stage: string): Column[] {
  return [
    { key: "stage_name", title: stage, kind: "text" },
    { key: "rental_start", title: words.start, kind: "planned" },
    { key: "rental_end", title: words.end, kind: "planned" },
  ];
}

function reasonOf(
  { kind, stage, rental_end }: Pick<TodayRow, "kind" | "stage" | "rental_end">,
  words: TodayWords,
): string | null {
  if (kind !== "contradiction" || stage === null) return null;
  if (stage === "confirmed") return words.reasons.endPassed;
  return stage === "on_rent" && rental_end === null ? words.reasons.noEnd : words.reasons.notBegun;
}

/** Cars by days: which are free on which of the eight. The most often free first. */
export function freeTable(
  request: PageRequest,
  today: Temporal.PlainDate,
  rows: readonly TodayRow[],
): DataTable {
  const { state } = request;
  const names = figuresWords[state.language];
  const format = formatOf(request);
  const days = daysFrom(today);
  return {
    name: "free_car",
    title: todayWords[state.language].cars,
    sqlFile: TODAY_FILE,
    columns: [
      carColumn(names.car),
      { key: "model", title: names.model, kind: "text" },
      ...days.map((day): Column => ({ key: day, title: format.dayAndMonth(day), kind: "flag" })),
    ],
    rows: rows.filter((row) => row.kind === "free_car").map((row): Row => ({
      car_id: row.car_id,
      plate: row.plate,
      model: row.model,
      ...Object.fromEntries(days.map((day) => [day, row.free_days?.includes(day) ?? false])),
    })),
  };
}

/** How many cars are free on each of these days. */
export function freeDaysTable(
  { state }: PageRequest,
  today: Temporal.PlainDate,
  { free_cars: freeCars }: KindCounts,
): DataTable {
  const words = todayWords[state.language];
  return {
    name: "free_days",
    title: words.freeByDay,
    sqlFile: TODAY_FILE,
    columns: [
      { key: "usage_date", title: words.day, kind: "date" },
      { key: "free_cars", title: words.kinds.free_car, kind: "count" },
    ],
    rows: daysFrom(today).map((day) => ({
      usage_date: day,
      free_cars: freeCars?.[day] ?? 0,
    })),
  };
}

/** Today and the days after it, as ISO dates. */
export function daysFrom(today: Temporal.PlainDate): string[] {
  return Array.from(
    { length: DAYS_AHEAD + 1 },
    (_, index) => today.add({ days: index }).toString(),
  );
}
