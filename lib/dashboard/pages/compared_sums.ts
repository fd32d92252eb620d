import type { Comparison } from "../frame/comparison.ts";
import { formatOf } from "../frame/view.ts";
import type { Cell, PageRequest, Period } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import type { ComparedPeriods } from "./compared_periods.ts";

/** The sums of a period so far, and of those that it is compared with; null where nothing is known of them. */
export interface Compared<S> {
  readonly present: S | null;
  readonly before: S | null;
  readonly yearAgo: S | null;
  /** The file below sql/ that asked. */
  readonly sqlFile: string;
}

/** The first and the last day of the period so far and of both others, as parameters of SQL. */
export function toDays({ present, before, yearAgo }: ComparedPeriods): (string | null)[] {
  return [present, before, yearAgo].flatMap((period) => [
    period?.from.toString() ?? null,
    period?.to.toString() ?? null,
  ]);
}

/** The rows of the three periods by their names. */
export function toCompared<S extends { readonly name: "present" | "before" | "year_ago" }>(
  rows: readonly S[],
  isKnown: (row: S) => boolean,
  sqlFile: string,
): Compared<S> {
  const known = (name: S["name"]) => rows.find((row) => row.name === name && isKnown(row)) ?? null;
  return {
    present: known("present"),
    before: known("before"),
    yearAgo: known("year_ago"),
    sqlFile,
  };
}

/** What one figure of the period is compared with, in the words of the page. */
export function comparisonsOf<S>(
  request: PageRequest,
  sums: Compared<S>,
  periods: ComparedPeriods,
  figureOf: (sums: S) => Cell,
  isMoreBetter: boolean | null,
): Comparison[] {
  const words = figuresWords[request.state.language];
  const compared = [
    { period: periods.before, sums: sums.before, name: words.before },
    { period: periods.yearAgo, sums: sums.yearAgo, name: words.yearAgo },
  ];
  return compared.flatMap(({ period, sums, name }) =>
    period === null ? [] : [{
      value: sums === null ? null : figureOf(sums),
      than: `${name} (${periodText(request, period)})`,
      isMoreBetter,
    }]
  );
}

/** "1 May 2026 – 31 May 2026". */
export function periodText(request: PageRequest, { from, to }: Period): string {
  const format = formatOf(request);
  return figuresWords[request.state.language].period(
    format.date(from.toString()),
    format.date(to.toString()),
  );
}
