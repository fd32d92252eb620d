import { z } from "zod";
import { findKind } from "../../history/entities.ts";
import { DataTableView } from "../frame/data_table.tsx";
import { Section } from "../frame/parts.tsx";
import { isWholeWanted, MOST_CSV_ROWS } from "../page/csv_rows.ts";
import { askedRows, firstRows } from "../page/first_rows.ts";
import type { Column, DataTable, Markup, Page, PageRequest, Row } from "../page/page.ts";
import { type HistoryWords, historyWords } from "../words/history_words.ts";

const found = z.array(
  z.object({ kind: z.string(), id: z.number(), description: z.string().nullable() }),
);
const newest = z.array(z.object({
  kind: z.string(),
  id: z.number(),
  observed_at: z.date(),
  updated_at: z.date(),
  is_deleted: z.boolean(),
}));

const MOST_FOUND = 100;

/** `/history`: where one looks for a record, and what landed last. */
export function historyStartPage(): Page {
  return {
    path: "/history",
    reads: "everything",
    filters: [],
    showsPart: true,
    parameters: ["q"],
    defaultPeriod: (today) => ({ from: today, to: today }),
    render: async (request) => {
      const words = historyWords[request.state.language];
      const query = request.state.own.q?.trim();
      const result = query === undefined ? [] : [await findTable(query, request, words)];
      const last = await newestTable(request, words);
      return {
        title: words.title,
        body: (
          <>
            <p class="intro">{words.intro}</p>
            <FindForm request={request} words={words} />
            {result.map((table) => (
              <Section id="found" title={words.found(query ?? "")}>
                <DataTableView
                  view={request}
                  table={table}
                  emptyText={words.foundNone(query ?? "")}
                />
              </Section>
            ))}
            <Section id="newest" title={words.newest} intro={words.newestIntro}>
              <div class="titled">
                <DataTableView view={request} table={last} emptyText={words.newestEmpty} />
              </div>
            </Section>
          </>
        ),
        tables: [...result, last],
      };
    },
  };
}

function FindForm(
  props: { readonly request: PageRequest; readonly words: HistoryWords },
): Markup {
  const { request, words } = props;
  return (
    <form class="moment-form" method="get" action={request.path} role="search">
      <label for="q">{words.findLabel}</label>
      <input id="q" name="q" type="search" value={request.state.own.q} maxlength={100} />
      {request.state.address.lang === undefined
        ? ""
        : <input type="hidden" name="lang" value={request.state.language} />}
      <button type="submit">{words.findButton}</button>
    </form>
  );
}

const toRecord = ({ record_kind: kind, id }: Row) => `/history/${kind}/${id}`;

async function findTable(
  query: string,
  request: PageRequest,
  words: HistoryWords,
): Promise<DataTable> {
  const id = /^\d+$/.test(query) && Number.isSafeInteger(Number(query)) ? Number(query) : null;
  const isWhole = isWholeWanted(request, { table: "found", isFirst: true });
  const most = isWhole ? MOST_CSV_ROWS : MOST_FOUND;
  const asked = [id, query, askedRows(most)];
  const records = found.parse(await request.ask("dashboard/find_records.sql", asked));
  const { rows, isCut } = firstRows(records, most);
  return {
    name: "found",
    title: words.found(query),
    columns: [
      ...recordColumns(words),
      { key: "description", title: words.columns.description, kind: "text" },
    ],
    rows: rows.map((row) => ({ ...withKind(row, words), description: row.description })),
    isCut,
    sqlFile: "dashboard/find_records.sql",
  };
}

async function newestTable(request: PageRequest, words: HistoryWords): Promise<DataTable> {
  const rows = newest.parse(await request.ask("dashboard/newest_sights.sql", []));
  return {
    name: "newest",
    title: words.newest,
    columns: [
      ...recordColumns(words),
      { key: "observed_at", title: words.columns.observed_at, kind: "moment" },
      { key: "updated_at", title: words.columns.updated_at, kind: "moment" },
      { key: "is_deleted", title: words.columns.is_deleted, kind: "flag" },
    ],
    rows: rows.map((row) => ({
      ...withKind(row, words),
      observed_at: row.observed_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
      is_deleted: row.is_deleted,
    })),
    sqlFile: "dashboard/newest_sights.sql",
  };
}

function recordColumns(words: HistoryWords): readonly Column[] {
  return [
    { key: "id", title: words.columns.id, kind: "id", linkTo: toRecord },
    { key: "kind", title: words.columns.kind, kind: "text" },
  ];
}

function withKind(
  row: { readonly kind: string; readonly id: number },
  words: HistoryWords,
): Row {
  const kind = findKind(row.kind);
  return {
    id: row.id,
    kind: kind === null ? row.kind : words.kinds[kind],
    record_kind: row.kind,
  };
}
