import { CsvError, parse } from "csv-parse/sync";

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
 * Splits RFC 4180 text into rows. Cells in quotes may hold separators, line ends and doubled quotes; lines end
 * in LF, CRLF or CR. The separator is what a first line `sep=;` says, as Excel writes it, else a comma, a
 * semicolon, a tab or a bar: the one of which the first line has most outside of quotes. Blank lines are left
 * out. Throws `CsvTextError`.
 */
export function parseCsv(text: string): CsvRow[] {
  const told = SEPARATOR_LINE.exec(text);
  const delimiter = told?.[1] ?? findSeparator(text);
  const rest = text.slice(told?.[0].length ?? 0);
  const rows: CsvRow[] = [];
  let line = told === null ? 1 : 2;
  try {
    parse(rest, {
      delimiter,
      relax_column_count: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      on_record: (cells: string[]) => {
        if (cells.some((cell) => cell !== "")) rows.push({ line, cells });
        // The library counts a CRLF within quotes as two lines.
        line += cells.join(",").split(/\r\n|\n|\r/).length;
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The library names the line on which it gave up, which for a quote never closed is the last one.
    throw new CsvTextError(line);
  }
  return rows;
}

const SEPARATOR_LINE = /^"?sep=([^\r\n])"?(?:\r\n|\n|\r|$)/i;

function findSeparator(text: string): string {
  const firstLine = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text)?.[0].replaceAll(/"[^"]*"/g, "") ??
    "";
  const countOf = (separator: string) => firstLine.split(separator).length;
  return [",", ";", "\t", "|"]
    .reduce((best, other) => countOf(other) > countOf(best) ? other : best);
}
