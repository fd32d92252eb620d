import { MOST_CSV_ROWS } from "../page/csv_rows.ts";
import { isMasked, MASK } from "../page/mask.ts";
import type { Cell, Column, ColumnKind, DataTable, Markup, Row } from "../page/page.ts";
import type { Format } from "../words/format.ts";
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
  const format = formatOf(view);
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
          <tbody>
            {rows.map((row) => (
              <tr>
                {table.columns.map((column, index) => (
                  <TableCell
                    view={view}
                    format={format}
                    column={column}
                    row={row}
                    isHead={index === 0}
                  />
                ))}
              </tr>
            ))}
          </tbody>
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
            {words.frame.onlyFirst(format.cell("count", rows.length))}
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

interface CellProps {
  readonly view: View;
  readonly format: Format;
  readonly column: Column;
  readonly row: Row;
  readonly isHead: boolean;
}

function TableCell({ view, format, column, row, isHead }: CellProps): Markup {
  const value: Cell = row[column.key] ?? null;
  const text = isMasked(column, value, view.settings.showsPersonalData)
    ? <Masked view={view} />
    : <CellText text={format.cell(column.kind, value)} kind={column.kind} />;
  const href = cellLink(view, column.linkTo?.(row) ?? null);
  const content = href === null ? text : <a href={href}>{text}</a>;
  // What is so stands out where most is not.
  const look = value === false ? `${classOf(column)} is-no` : classOf(column);
  return isHead ? <th scope="row" class={look}>{content}</th> : <td class={look}>{content}</td>;
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
function CellText(
  { text, kind }: { readonly text: string; readonly kind: ColumnKind },
): Markup {
  if (kind !== "text") return <>{text}</>;
  if (text.length > MOST_SHOWN) return <bdi class="clip" title={text}>{text}</bdi>;
  return <bdi class={text.length > MOST_UNBROKEN ? "text" : "short"}>{text}</bdi>;
}

function classOf({ kind }: Column): string {
  return NUMBERS.includes(kind) ? "number" : `kind-${kind}`;
}
