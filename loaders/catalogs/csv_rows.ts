/** A row of a CSV text, and the 1-based line on which it begins. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The text is not CSV; `line` is where that shows. */
export class CsvTextError extends Error {
  override readonly name = "CsvTextError";

  constructor(readonly line: number) {
    super(
      `line ${line}: a quote stands inside a cell or is never closed, expected cells like "a ""b"" c"`,
    );
  }
}

/**
 * Splits RFC 4180 text into rows. Cells in quotes may hold separators, line ends and doubled quotes. The
 * separator is a comma, a semicolon or a tab: the one of which the first line has most. Blank lines are left
 * out. Throws `CsvTextError`.
 */
export function parseCsv(text: string): CsvRow[] {
  const separator = findSeparator(text);
  const cell = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^"${separator}\r\n]*))(${separator}|\r?\n|$)`,
    "y",
  );
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let rowLine = 1;
  for (;;) {
    const match = cell.exec(text);
    if (match === null) throw new CsvTextError(line);
    const [whole, quoted, plain = "", end = ""] = match;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split("\n").length - 1;
    if (end === separator) continue;
    if (cells.some((content) => content !== "")) rows.push({ line: rowLine, cells });
    if (end === "") return rows;
    cells = [];
    rowLine = line;
  }
}

function findSeparator(text: string): string {
  const firstLine = text.slice(0, text.search(/\r?\n|$/));
  const countOf = (separator: string) => firstLine.split(separator).length;
  return [",", ";", "\t"].reduce((best, other) => countOf(other) > countOf(best) ? other : best);
}
