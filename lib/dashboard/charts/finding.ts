import { drawnNumber, toCell } from "../words/numeric.ts";
import { wordsOf } from "../words/words.ts";
import { slotName } from "./axis.ts";
import type { AxisChartProps } from "./chart.ts";

/** What a finding is told from: that of the chart itself. */
export type FindingProps = Pick<
  AxisChartProps,
  "axis" | "format" | "kind" | "series" | "unfinished"
>;

/**
 * The greatest and the least value of the first series and where they are: "Highest 73.3% (May 2026), lowest 40.0%
 * (June 2026)". Of equal ones the first; what is unfinished does not count. Null where fewer than two are left.
 */
export function extremesText({ axis, format, kind, series, unfinished }: FindingProps) {
  const open = new Set(unfinished);
  const known = (series[0]?.points ?? []).flatMap(({ at, value }) => {
    const drawn = drawnNumber(value);
    return drawn === null || value === null || open.has(at) ? [] : [{ at, value, drawn }];
  });
  const [first] = known;
  if (first === undefined || known.length < 2) return null;
  const words = wordsOf(format.settings.language).charts;
  const highest = known.reduce((best, one) => one.drawn > best.drawn ? one : best);
  const lowest = known.reduce((best, one) => one.drawn < best.drawn ? one : best);
  const valueOf = ({ value }: typeof first) => format.withUnit(kind, toCell(value));
  if (highest.drawn === lowest.drawn) return words.throughout(valueOf(first));
  const placeOf = ({ at }: typeof first) => slotName(axis, at, format);
  return words.extremes(valueOf(highest), placeOf(highest), valueOf(lowest), placeOf(lowest));
}

/** The sum of each series: "In all: closed 69, cancelled 12". Null where nothing is counted. */
export function totalsText({ format, kind, series }: FindingProps) {
  const sums = series.map(({ name, points }) => ({
    name: name.toLocaleLowerCase(format.settings.language),
    sum: points.reduce((sum, { value }) => sum + (drawnNumber(value) ?? 0), 0),
  }));
  if (sums.every(({ sum }) => sum === 0)) return null;
  const words = wordsOf(format.settings.language).charts;
  return words.inAll(sums.map(({ name, sum }) => `${name} ${format.cell(kind, sum)}`).join(", "));
}
