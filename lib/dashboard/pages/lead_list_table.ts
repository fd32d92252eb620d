import { z } from "zod";
import type { SqlValues } from "../../warehouse/sql_file.ts";
import type { Column, DataTable, PageRequest, Period } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { type FunnelWords, funnelWords } from "../words/funnel_page.ts";
import { stageName } from "../words/stage_name.ts";
import { type LeadList, leadListTitle } from "./lead_list.ts";
import { readPlace } from "./paged_table.ts";
import { clientColumn, leadColumn } from "./record_columns.ts";

const PAGE_SIZE = 50;

const optionalText = z.string().nullish();

const leadRows = z.array(z.object({
  lead_id: z.string(),
  stage: z.string().nullable(),
  client_id: z.string().nullable(),
  client_name: z.string().nullable(),
  amount: z.string().nullable(),
  created_day: optionalText,
  from_stage: optionalText,
  to_stage: optionalText,
  changed_at: optionalText,
  dwell_seconds: z.number().nullish(),
  is_event: z.boolean().nullish(),
  confirmed_day: optionalText,
  start_day: optionalText,
  is_no_show: z.boolean().nullish(),
}));

/** A page of the leads behind a number. */
export interface ListedLeads {
  readonly table: DataTable;
  readonly title: string;
  readonly page: number;
  readonly pages: number;
}

/** What a list is of. */
export interface LeadListGiven {
  readonly list: LeadList;
  /** How many rows all its pages have, by the mart that the number is from. */
  readonly total: number;
  readonly weeks: Period;
  readonly months: Period;
  readonly basis: string;
}

export async function readLeads(request: PageRequest, given: LeadListGiven): Promise<ListedLeads> {
  const { page, pages, offset, limit } = readPlace(request, {
    ...{ table: "leads", total: given.total },
    ...{ parameter: "page", size: PAGE_SIZE },
  });
  const { sqlFile, values } = queryOf(given);
  const rows = leadRows.parse(await request.ask(sqlFile, [...values, offset, limit]));
  const { language } = request.state;
  const title = leadListTitle(given.list, request);
  const named = (stage: string | null | undefined) => stageName(stage ?? null, language);
  const table = {
    name: "leads",
    title,
    sqlFile,
    allRows: given.total,
    columns: columnsOf(request, given.list),
    rows: rows.map((row) => ({
      ...row,
      created_day: row.created_day ?? null,
      changed_at: row.changed_at ?? null,
      dwell_seconds: row.dwell_seconds ?? null,
      is_event: row.is_event ?? null,
      confirmed_day: row.confirmed_day ?? null,
      start_day: row.start_day ?? null,
      is_no_show: row.is_no_show ?? null,
      stage: named(row.stage),
      from_stage: named(row.from_stage),
      to_stage: named(row.to_stage),
    })),
  };
  return { table, title, page, pages };
}

function queryOf(
  { list, weeks, months, basis }: LeadListGiven,
): { readonly sqlFile: string; readonly values: SqlValues } {
  const daysOf = ({ from, to }: Period) => [from.toString(), to.toString()];
  switch (list.kind) {
    case "cohorts":
      return {
        sqlFile: "dashboard/leads_of_cohorts.sql",
        values: [...daysOf(weeks), list.stage, list.outcome],
      };
    case "moved":
      return {
        sqlFile: "dashboard/leads_that_moved.sql",
        values: [list.stage, ...daysOf(weeks)],
      };
    case "left":
      return { sqlFile: "dashboard/leads_of_transition.sql", values: [list.from, list.to] };
    case "in":
      return { sqlFile: "dashboard/leads_in_stage.sql", values: [list.stage] };
    case "confirmed":
      return {
        sqlFile: "dashboard/leads_once_confirmed.sql",
        values: [basis, ...daysOf(months), list.fate],
      };
  }
}

function columnsOf({ state }: PageRequest, list: LeadList): readonly Column[] {
  const words = funnelWords[state.language];
  const names = figuresWords[state.language];
  return [
    leadColumn(names.lead),
    ...ownColumns(words, list),
    { key: "stage", title: names.stage, kind: "text" },
    clientColumn(words.client),
    { key: "amount", title: names.amount, kind: "money" },
  ];
}

function ownColumns(words: FunnelWords, list: LeadList): readonly Column[] {
  const moves: readonly Column[] = [
    { key: "from_stage", title: words.from, kind: "text" },
    { key: "to_stage", title: words.to, kind: "text" },
    { key: "changed_at", title: words.movedAt, kind: "moment" },
  ];
  switch (list.kind) {
    case "cohorts":
      return [{ key: "created_day", title: words.created, kind: "date" }];
    case "moved":
      return [...moves, { key: "is_event", title: words.isExact, kind: "flag" }];
    case "left":
      return [
        ...moves,
        { key: "dwell_seconds", title: words.dwellTime, kind: "seconds" },
        { key: "is_event", title: words.isExact, kind: "flag" },
      ];
    case "in":
      return [
        { key: "created_day", title: words.created, kind: "date" },
        { key: "changed_at", title: words.since, kind: "moment" },
        { key: "dwell_seconds", title: words.dwellTime, kind: "seconds" },
      ];
    case "confirmed":
      return [
        { key: "confirmed_day", title: words.confirmedDay, kind: "date" },
        { key: "start_day", title: words.start, kind: "date" },
        { key: "is_no_show", title: words.isNoShow, kind: "flag" },
      ];
  }
}
