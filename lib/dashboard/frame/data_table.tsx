import { MOST_CSV_ROWS } from "../page/csv_rows.ts";
import { isMasked, MASK } from "../page/mask.ts";
import { namedApart } from "../page/named_apart.ts";
import type { Cell, Column, ColumnKind, DataTable, Markup, Row } from "../page/page.ts";
import { cellLink, csvLink } from "./links.ts";
import { SqlDetails } from "./sql_details.tsx";
import { formatOf, type View, wordsOfView } from "./view.ts";

export interface DataTableProps {
  readonly view: View;
  readonly table: DataTable;
  /** Behind a summary: the numbers of a chart. */
  readonly isFolded?: boolean;
  /** Rows that are shown, the rest is in the CSV; all where it is not given. */
  readonly most?: number;
  /** How many rows there are, where the table has only its first ones. */
  readonly total?: number;
  /** The page that shows the rest, as `siteLink` makes it; the CSV where it is not given. */
  readonly restHref?: string;
  /** What is said where there are no rows; there is a plain sentence for those who don't say. */
  readonly emptyText?: string;
}

const NUMBERS: readonly ColumnKind[] = ["count", "decimal", "money", "ratio", "days", "seconds"];

/** Columns that paper has room for without breaking dates into lines. */
const MOST_ON_PAPER = 7;

/** Letters of a text that is not broken into lines: a plate, a name. */
const MOST_UNBROKEN = 32;

/** Letters of a text that is not cut. */
const MOST_SHOWN = 40;

/** A table with its CSV and its SQL. It scrolls inside itself where the page is narrow. */
export function DataTableView(props: DataTableProps): Markup {
  const words = wordsOfView(props.view).frame;
  if (!props.isFolded) return <TableBlock {...props} />;
  return (
    <details class="numbers">
      <summary>
        {words.numbers}
        <span class="visually-hidden">: {props.table.title}</span>
      </summary>
      <TableBlock {...props} />
    </details>
  );
}

function TableBlock(props: DataTableProps): Markup {
  const { view, table } = props;
  const words = wordsOfView(view).frame;
  const isCsvCut = (table.allRows ?? 0) > MOST_CSV_ROWS;
  const csvRows = words.firstInCsv(formatOf(view).cell("count", MOST_CSV_ROWS));
  return (
    // Two charts may show the same numbers, so only a table that stands by itself is an anchor.
    <div class="table-block" id={props.isFolded ? undefined : `table-${table.name}`}>
      {table.rows.length === 0
        ? (
          <>
            <p class="table-title">{table.title}</p>
            <p class="empty-table">{props.emptyText ?? words.emptyTable}</p>
          </>
        )
        : <Table {...props} />}
      <div class="table-links">
        <a href={csvLink(view, table.name)} aria-label={words.csvOf(table.title)} download="">
          {words.csv}
        </a>
        {isCsvCut ? <span>{csvRows}</span> : ""}
        <SqlDetails view={view} sqlFile={table.sqlFile} />
      </div>
    </div>
  );
}

function Table({ view, table, most, total, restHref }: DataTableProps): Markup {
  const words = wordsOfView(view);
  const rows = most === undefined ? table.rows : table.rows.slice(0, most);
  const cut = table.isCut ? 0 : (total ?? table.rows.length) - rows.length;
  return (
    <>
      <div
        class="table-window"
        role="region"
        tabindex={0}
        aria-label={words.frame.tableOf(table.title)}
      >
        <table class={table.columns.length > MOST_ON_PAPER ? "data many" : "data"}>
          <caption>{table.title}</caption>
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th scope="col" class={classOf(column)} title={column.definition}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          {bodyOf(view, table, rows)}
        </table>
      </div>
      {cut > 0
        ? (
          <p class="table-cut">
            <a href={restHref ?? csvLink(view, table.name)}>
              {words.charts.cut(cut)}
              {restHref === undefined
                ? <span class="site-only">{` (${words.frame.csv})`}</span>
                : ""}
            </a>
          </p>
        )
        : ""}
      {table.isCut
        ? (
          <p class="table-cut site-only">
            {words.frame.onlyFirst(formatOf(view).cell("count", rows.length))}
          </p>
        )
        : ""}
      <PartOfList view={view} table={{ ...table, rows }} />
    </>
  );
}

/** What a report says below a list, which has its first page alone. */
function PartOfList(
  { view, table: { rows, allRows = 0, isCut = false } }: Pick<DataTableProps, "view" | "table">,
): Markup | string {
  const words = wordsOfView(view).frame;
  const { count } = formatOf(view);
  if (allRows > rows.length) {
    const text = words.firstOf(count(rows.length), count(allRows));
    return <p class="table-cut report-only">{text}</p>;
  }
  return isCut ? <p class="table-cut report-only">{words.firstRows(count(rows.length))}</p> : "";
}

interface Body {
  readonly view: View;
  readonly columns: readonly Column[];
  readonly shown: number;
  readonly markup: Markup;
}

const bodies = new WeakMap<readonly Row[], Body>();

/** The rows of a table, made once where two charts of a page show the same numbers. */
function bodyOf(view: View, { columns, rows: all }: DataTable, rows: readonly Row[]): Markup {
  const known = bodies.get(all);
  if (known?.view === view && known.columns === columns && known.shown === rows.length) {
    return known.markup;
  }
  const cells = columns.map((column, index) => cellOf(view, column, all, index === 0));
  const markup = <tbody>{rows.map((row) => <tr>{cells.map((cell) => cell(row))}</tr>)}</tbody>;
  bodies.set(all, { view, columns, shown: rows.length, markup });
  return markup;
}

/** How the cells of a column are made. No component: a page has thousands of them. */
function cellOf(
  view: View,
  column: Column,
  all: readonly Row[],
  isHead: boolean,
): (row: Row) => Markup {
  const { kind, linkTo } = column;
  const format = formatOf(view);
  const apart = apartIn(column, all);
  const usual = classOf(column);
  // What is so stands out where most is not.
  const ofNo = `${usual} is-no`;
  const masked = <Masked view={view} />;
  return (row) => {
    const value: Cell = apart(row);
    const text = isMasked(column, value, view.settings.showsPersonalData)
      ? masked
      : cellText(format.cell(kind, value), kind);
    const href = linkTo === undefined ? null : cellLink(view, linkTo(row));
    const content = href === null ? text : <a href={href}>{text}</a>;
    const look = value === false ? ofNo : usual;
    return isHead ? <th scope="row" class={look}>{content}</th> : <td class={look}>{content}</td>;
  };
}

/** The value of a row, with its id where another row has the same name and another id. */
function apartIn({ key, idKey, isNamedApart }: Column, all: readonly Row[]): (row: Row) => Cell {
  if (!isNamedApart || idKey === undefined) return (row) => row[key] ?? null;
  const named = (row: Row) => {
    const [id, name] = [row[idKey] ?? null, row[key] ?? null];
    return id === null || name === null ? null : { id: String(id), name: String(name) };
  };
  const nameOf = namedApart(all.map(named).filter((one) => one !== null));
  return (row) => {
    const one = named(row);
    return one === null ? row[key] ?? null : nameOf(one);
  };
}

function Masked({ view }: { readonly view: View }): Markup {
  return (
    <span class="masked">
      <span aria-hidden="true">{MASK}</span>
      <span class="visually-hidden">{wordsOfView(view).frame.masked}</span>
    </span>
  );
}

/** Texts of people may be of any direction and length: isolated, and cut with the whole as a title. */
function cellText(text: string, kind: ColumnKind): Markup | string {
  if (kind !== "text") return text;
  if (text.length > MOST_SHOWN) return <bdi class="clip" title={text}>{text}</bdi>;
  return <bdi class={text.length > MOST_UNBROKEN ? "text" : "short"}>{text}</bdi>;
}

function classOf({ kind }: Column): string {
  return NUMBERS.includes(kind) ? "number" : `kind-${kind}`;
}
