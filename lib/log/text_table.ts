/** A column of a table: its heading, and whether it holds numbers. */
export interface Column {
  readonly heading: string;
  readonly isNumber?: boolean;
  /** Longer texts are cut. */
  readonly maxWidth?: number;
}

/** Rows of texts as aligned lines, with the headings as the first one. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const lines = [columns.map(({ heading }) => heading), ...rows]
    .map((row) => columns.map(({ maxWidth }, i) => cut(row[i] ?? "", maxWidth ?? Infinity)));
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i] ?? ""))));
  return lines.map((line) =>
    line.map((text, i) => pad(text, widths[i] ?? 0, columns[i]?.isNumber ?? false))
      .join("  ").trimEnd()
  );
}

// By code points: names of accounts are often Cyrillic, sometimes with emoji.
function widthOf(text: string): number {
  return [...text].length;
}

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join("")}…`;
}

function pad(text: string, width: number, isNumber: boolean): string {
  const blanks = " ".repeat(width - widthOf(text));
  return isNumber ? blanks + text : text + blanks;
}
