import { drawnNumber } from "../words/numeric.ts";
import { slotsOf } from "./axis.ts";
import type { AxisChartProps, ChartSeries } from "./chart.ts";
import type { Plot } from "./plot.tsx";

/** All numbers of the series: what the vertical axis must hold. */
export function drawnValues(series: readonly ChartSeries[]): number[] {
  return series.flatMap((one) => one.points.map((point) => drawnNumber(point.value)))
    .filter((value) => value !== null);
}

/** The value of each slot; null is a gap. Points outside the axis are left out. */
export function valuesBySlot(series: ChartSeries, plot: Plot): readonly (number | null)[] {
  const values = new Array<number | null>(plot.slots.length).fill(null);
  for (const point of series.points) {
    const slot = plot.indexOf(point.at);
    if (slot !== undefined) values[slot] = drawnNumber(point.value);
  }
  return values;
}

/** What a legend explains: of comparisons those alone that have something to show. */
export function legendSeries(
  { axis, series }: Pick<AxisChartProps, "axis" | "series">,
): readonly ChartSeries[] {
  const places = new Set(slotsOf(axis));
  return series.filter(({ isComparison, points }) =>
    !isComparison ||
    points.some((point) => places.has(point.at) && drawnNumber(point.value) !== null)
  );
}
