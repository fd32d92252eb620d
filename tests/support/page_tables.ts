import type { ColumnKind } from "../../lib/dashboard/page/page.ts";
import type { Format } from "../../lib/dashboard/words/format.ts";
import { plainText } from "./look_site.ts";

/** A table as a page shows it. */
export interface ShownTable {
  readonly title: string;
  /** The address of its CSV; null in a report. */
  readonly csv: string | null;
  /** Texts of its cells; the header is not among them. */
  readonly rows: readonly (readonly string[])[];
  /** How many more there are, as it says. */
  readonly more: number;
  /** Nobody has counted how many more. */
  readonly isCut: boolean;
  /** How many pages its list has. */
  readonly pages: number;
}

/** The tables of a page of the site or of a report that have a CSV, in its order, those behind summaries too. */
export function readTables(html: string): readonly ShownTable[] {
  return html.split(/<div class="table-block"/).slice(1).map((block) => {
    const [title = ""] = textsOf(
      block,
      /<caption>(.*?)<\/caption>|<p class="table-title">(.*?)<\/p>/gs,
    );
    const [, body = ""] = /<tbody>(.*?)<\/tbody>/s.exec(block) ?? [];
    const [, csv = null] = /<a href="([^"]+\.csv[^"]*)"/.exec(block) ?? [];
    const [, more = "0"] = /<p class="table-cut">.*?and (\d+) more/s.exec(block) ?? [];
    const [, pages = "1"] = /<span>Page 1 of (\d+)<\/span>/.exec(block) ?? [];
    return {
      title,
      csv: csv?.replaceAll("&amp;", "&") ?? null,
      rows: [...body.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = ""]) =>
        textsOf(row, /<t[hd][^>]*>(.*?)<\/t[hd]>/gs)
      ),
      more: Number(more),
      isCut: block.includes("; the CSV has more."),
      pages: Number(pages),
    };
  });
}

/** What a page says in figures beside its tables: its numbers with what they are compared with, and its findings. */
export function readFigures(html: string): readonly string[] {
  return textsOf(html, /<div class="kpi\b[^>]*>(.*?)<details|<p class="finding">(.*?)<\/p>/gs);
}

function textsOf(html: string, pattern: RegExp): string[] {
  return [...html.matchAll(pattern)].map(([, ...found]) =>
    plainText(found.find((one) => one !== undefined) ?? "").trim()
  );
}

const KINDS: readonly ColumnKind[] = [
  ...["text", "id", "count", "decimal", "money", "ratio", "days", "seconds"] as const,
  ...["flag", "date", "month", "moment", "planned"] as const,
];

/**
 * The columns, by number, in which a CSV says something else than a table: there is no kind of column by which each of
 * its cells would be written as the table has it.
 */
export function differentColumns(
  shown: readonly (readonly string[])[],
  csv: readonly (readonly string[])[],
  format: Format,
): number[] {
  const columns = shown[0]?.length ?? 0;
  return Array.from({ length: columns }, (_, column) => column).filter((column) =>
    !KINDS.some((kind) =>
      shown.every((row, i) => row[column] === writeCell(kind, csv[i]?.[column] ?? "", format))
    )
  );
}

function writeCell(kind: ColumnKind, cell: string, format: Format): string | null {
  try {
    const text = format.cell(kind, cellOf(kind, cell));
    // What is nothing of this kind is something of another.
    return cell.trim() !== "" && text === format.nothing
      ? null
      : text.replaceAll(/\s+/g, " ").trim();
  } catch (error) {
    // It is no date.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function cellOf(kind: ColumnKind, cell: string): string | boolean | null {
  if (cell === "") return null;
  if (kind === "flag" && (cell === "true" || cell === "false")) return cell === "true";
  if (kind === "moment" || kind === "planned") return Temporal.Instant.from(cell).toString();
  return kind === "text" ? cell.replace(/^'(?=[=+\-@\t])/, "") : cell;
}
