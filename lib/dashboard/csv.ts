import { stringify } from "csv-stringify/sync";
import { isMasked, MASK } from "./page/mask.ts";
import { isPageNumber } from "./page/parameters.ts";
import type { Cell, Column, DataTable, PageState, SiteSettings } from "./page/page.ts";

/** How a spreadsheet recognises what it would run or compute. */
const FORMULA = /^[=+\-@\t]/;

const TEXTS: readonly Column["kind"][] = ["text", "id", "date", "month", "moment", "planned"];

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** Without it Excel reads names in the alphabet of its machine. */
const BYTE_ORDER_MARK = "\ufeff";

/** What the cells of a file depend on. */
export type CsvSettings = Pick<SiteSettings, "timeZone" | "showsPersonalData">;

/**
 * A table as RFC 4180, with the keys of its columns as a header, and last the ids behind names. Numbers stay numbers,
 * exact ones digit by digit; text that a spreadsheet would take for a formula gets an apostrophe before it. Moments are
 * local, with their offset. Null is an empty cell, empty text is quoted.
 */
export function formatCsv({ columns, rows }: DataTable, settings: CsvSettings): string {
  const all = [...columns, ...idColumnsOf(columns)];
  const lines = rows.map((row) =>
    all.map((column) => {
      const cell = row[column.key] ?? null;
      return isMasked(column, cell, settings.showsPersonalData)
        ? MASK
        : toCell(column, cell, settings);
    })
  );
  return BYTE_ORDER_MARK + stringify([all.map(({ key }) => key), ...lines], {
    cast: { string: (value) => ({ value, quoted_empty: true }) },
    record_delimiter: "\r\n",
  });
}

/** The ids behind names, which two records may share and which may be masked, where no column shows them. */
function idColumnsOf(columns: readonly Column[]): readonly Column[] {
  return columns.flatMap(({ idKey: key }) =>
    key === undefined || columns.some((column) => column.key === key)
      ? []
      : [{ key, title: key, kind: "id" }]
  );
}

function toCell(
  { kind }: Column,
  cell: Cell,
  { timeZone }: CsvSettings,
): string | number | null {
  if (cell === null || typeof cell === "number") return cell;
  if (typeof cell === "boolean") return String(cell);
  if (kind === "moment" || kind === "planned") return toLocal(cell, timeZone);
  const isNumber = !TEXTS.includes(kind) && NUMBER.test(cell);
  return !isNumber && FORMULA.test(cell) ? `'${cell}` : cell;
}

/** "2026-05-06T00:00:00+04:00": the day that the page shows, and no doubt in the hour that a clock change repeats. */
function toLocal(isoInstant: string, timeZone: string): string {
  const local = Temporal.Instant.from(isoInstant).toZonedDateTimeISO(timeZone);
  return local.toString({ timeZoneName: "never" });
}

/**
 * The name of the file: which table, how much of it where that is not all, the filters of its page, and when its data
 * were read, e.g. "cars from 2026-05-01 to 2026-05-31 at 2026-06-01T0804.csv", "leads first 100000 of 979304 at …".
 */
export function csvFileName(
  table: DataTable,
  state: PageState,
  readAt: Temporal.ZonedDateTime,
): string {
  const { lang: _lang, ...filters } = state.address;
  const moment = readAt.toPlainDateTime().toString({ smallestUnit: "minute" }).replace(":", "");
  const parts = Object.entries(filters).filter(([name]) => !isPageNumber(name))
    .map(([name, value]) => `${name} ${value}`);
  const name = [table.name, ...partOf(table), ...parts, `at ${moment}`].join(" ");
  // What file systems refuse, and what would end the header.
  return `${name.replaceAll(/[^\p{L}\p{N} ._-]/gu, "_").slice(0, 200)}.csv`;
}

/** How much of the list it is, where there is more. */
function partOf({ rows, allRows = 0, isCut = false }: DataTable): readonly string[] {
  if (allRows > rows.length) return [`first ${rows.length} of ${allRows}`];
  return isCut ? [`first ${rows.length}`] : [];
}

/** The header that makes a browser save an answer under a name. */
export function attachment(fileName: string): string {
  const plain = fileName.replaceAll(/[^\x20-\x7e]/g, "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
}
