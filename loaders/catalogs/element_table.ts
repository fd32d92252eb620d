import { foldName } from "../../lib/amocrm/field_match.ts";
import { trimBlanks } from "./blank_text.ts";
import { parseCsv } from "./csv_rows.ts";
import type { FileProblem, FileRecord } from "./file_record.ts";

/** The first row of a table does not name its columns as it must. */
export class TableHeadError extends Error {
  override readonly name = "TableHeadError";
}

/** What a table holds. */
export interface Table {
  readonly names: readonly string[];
  readonly rows: readonly (FileRecord | FileProblem)[];
}

/**
 * Reads the rows of a CSV text, of which the first one names the fields.
 *
 * Spreadsheets leave out the blanks at the end of a row, or add some, so a row may be shorter than the first one, and
 * columns without a name are nothing as long as they are empty. Throws `CsvTextError` and `TableHeadError`.
 */
export function readTable(text: string): Table {
  const [head, ...rows] = parseCsv(text)
    .map(({ line, cells }) => ({ line, cells: cells.map(trimBlanks) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  if (!head) {
    throw new TableHeadError("line 1: there is no row, expected one with the names of fields");
  }
  refuseRepeated(head.line, head.cells);
  return {
    names: head.cells.filter((name) => name !== ""),
    rows: rows.map(({ line, cells }) => toRecord(line, cells, head.cells)),
  };
}

function refuseRepeated(line: number, names: readonly string[]): void {
  for (const [i, name] of names.entries()) {
    const first = names.findIndex((other) => foldName(other) === foldName(name));
    if (name === "" || first === i) continue;
    throw new TableHeadError(
      `line ${line}: "${name}" is named twice, by the columns ${letterOf(first)} and ${
        letterOf(i)
      }, ` +
        "expected once: remove or rename one of them",
    );
  }
}

function toRecord(
  line: number,
  cells: readonly string[],
  names: readonly string[],
): FileRecord | FileProblem {
  const stray = cells.findIndex((cell, i) => cell !== "" && (names[i] ?? "") === "");
  if (stray >= names.length) {
    const reason = `has ${cells.length} cells, expected ${names.length} as in the first row`;
    return { line, path: "", reason };
  }
  if (stray !== -1) {
    const reason = "has a value but no name in the first row: name the column or empty it";
    return { line, path: `column ${letterOf(stray)}`, reason };
  }
  const values = names.flatMap((name, i) =>
    name === "" ? [] : [{ names: [name], path: name, line, given: [unwrap(cells[i] ?? "")] }]
  );
  const formula = values.find(({ given }) => given.some((cell) => cell.startsWith("=")));
  if (formula) {
    return { line, path: formula.path, reason: "is a formula, expected what it comes to" };
  }
  return { line, path: "", values, isTable: true };
}

/** `="0071"` is how programs write a text that a spreadsheet must not take for a number. */
function unwrap(cell: string): string {
  return trimBlanks(/^="([^"]*)"$/.exec(cell)?.[1] ?? cell);
}

/** The name of a column as spreadsheets have it: A to Z, then AA. */
function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + index % 26);
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter;
}
