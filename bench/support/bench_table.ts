import { z } from "zod";
import { formatTable } from "../../lib/log/text_table.ts";

const tableShape = z.object({
  /** What it shows, e.g. "A day of 5,000 changes". */
  title: z.string(),
  head: z.array(z.string()),
  /** Texts, ratios before what they were made of. */
  rows: z.array(z.array(z.string())),
  /** What the figures are measured against, and which were wanted; a sentence each. */
  notes: z.array(z.string()).default([]),
});

/** What a benchmark found, ready to be printed or to become a page. */
export type BenchTable = z.input<typeof tableShape>;

/**
 * Ends a benchmark: prints its tables for people, or with `json` as one line, which has to be the last one on stdout.
 * What is said on the way belongs on stderr.
 */
export function handOver(
  tables: readonly BenchTable[],
  { json = false }: { readonly json?: boolean | undefined },
): void {
  if (json) {
    console.log(JSON.stringify(tables));
    return;
  }
  for (const { title, head, rows, notes = [] } of tables) {
    const columns = head.map((heading, i) => ({ heading, isNumber: i > 0 }));
    console.log(["", title, ...formatTable(columns, rows), ...notes].join("\n"));
  }
}

/** The tables in what a benchmark wrote on stdout; null where the last line is none. */
export function readTables(stdout: string): BenchTable[] | null {
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  return z.array(tableShape).safeParse(parseLine(line)).data ?? null;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    // What a benchmark says that failed, or was ended.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
