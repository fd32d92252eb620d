import { DataTableView } from "../frame/data_table.tsx";
import { siteLink } from "../frame/links.ts";
import { Pagination } from "../frame/parts.tsx";
import { type DataTable, type Markup, PageError, type PageRequest } from "../page/page.ts";
import { todayWords } from "../words/today_page.ts";
import { pageOf } from "./paged_table.ts";
import { type Kind, KINDS } from "./today_rows.ts";

/** More than anybody reads of one list among eight; a list by itself has all, in pages. */
export const MOST_SHOWN = 20;
const PAGE_SIZE = 100;

/** The list that the address asks for by itself, null for all of them. Throws `PageError` for what is none. */
export function readChosenList({ state }: PageRequest): Kind | null {
  const text = state.own.list;
  if (text === undefined || text === "") return null;
  const kind = KINDS.find((one) => one === text);
  if (kind) return kind;
  throw new PageError(400, todayWords[state.language].badList(text, KINDS.join(", ")));
}

/** Where a list is whole: its place on the first page, or by itself where it is long. */
export function listHref(request: PageRequest, kind: Kind, rows: number): string {
  const list = rows > MOST_SHOWN ? kind : null;
  return siteLink(request, `/#${kind}`, { list, page: null });
}

export interface KindListProps {
  readonly request: PageRequest;
  readonly kind: Kind;
  readonly table: DataTable;
  /** How many rows there are: the table may have only its beginning. */
  readonly total: number;
  /** It is by itself: in pages, and not its beginning alone. */
  readonly isChosen: boolean;
}

/** One list of the day. */
export function KindList({ request, kind, table, total, isChosen }: KindListProps): Markup {
  const words = todayWords[request.state.language];
  const emptyText = words.none[kind];
  if (!isChosen) {
    return (
      <DataTableView
        view={request}
        table={table}
        most={MOST_SHOWN}
        total={total}
        restHref={listHref(request, kind, total)}
        emptyText={emptyText}
      />
    );
  }
  const { page, pages, shown } = pageOf(request, table.rows, PAGE_SIZE);
  return (
    <>
      <DataTableView view={request} table={{ ...table, rows: shown }} emptyText={emptyText} />
      <Pagination view={request} page={page} pages={pages} />
      <p>
        <a href={siteLink(request, "/", { list: null, page: null })}>{words.wholeDay}</a>
      </p>
    </>
  );
}
