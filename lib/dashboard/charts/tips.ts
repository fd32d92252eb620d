import { toCell } from "../words/numeric.ts";
import { wordsOf } from "../words/words.ts";
import { slotName } from "./axis.ts";
import type { AxisChartProps, ChartSeries } from "./chart.ts";
import type { Plot } from "./plot.tsx";

/** What appears over a slot: its name and the exact value of every series, one a line. */
export function tipTexts(
  props: AxisChartProps,
  plot: Plot,
  drawn: readonly { readonly series: ChartSeries; readonly values: readonly (number | null)[] }[],
): (slot: number) => string {
  const words = wordsOf(props.format.settings.language).charts;
  const exact = drawn.map(({ series }) =>
    new Map(series.points.map((point) => [point.at, point.value]))
  );
  return (slot) => {
    const key = plot.slots[slot] ?? "";
    const lines = drawn.map(({ series, values }, index) => {
      const value = values[slot] ?? null;
      const given = exact[index]?.get(key) ?? null;
      const text = value === null || given === null
        ? words.noData
        : props.format.withUnit(props.kind, toCell(given));
      return `${series.name}: ${text}`;
    });
    const name = slotName(props.axis, key, props.format);
    const head = plot.isUnfinished(slot) ? `${name} (${words.unfinished.toLowerCase()})` : name;
    return [head, ...lines].join("\n");
  };
}
