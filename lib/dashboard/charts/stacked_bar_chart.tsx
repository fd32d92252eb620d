import type { Markup } from "../page/page.ts";
import { drawBar, filledOf, hatchesOf, legendOfBars } from "./bar_chart.tsx";
import type { AxisChartProps } from "./chart.ts";
import { Legend } from "./legend.tsx";
import { MarkList } from "./mark_list.tsx";
import { createPlot, EmptyChart, PlotFrame } from "./plot.tsx";
import { valuesBySlot } from "./series.ts";
import { drawnNumber } from "../words/numeric.ts";
import { tipTexts } from "./tips.ts";

/** One part of a bar, between two values. */
interface Part {
  readonly low: number;
  readonly high: number;
}

/** Parts of a whole on top of each other: what is above 0 grows upwards, what is below grows downwards. */
export function StackedBarChart(props: AxisChartProps): Markup {
  const stacks = stacksOf(props);
  const ends = [...stacks.values()].flat().flatMap((part) => part ? [part.low, part.high] : []);
  if (ends.length === 0) return <EmptyChart text={props.emptyText} />;
  const plot = createPlot(props, ends);
  const drawn = props.series.map((series) => ({ series, values: valuesBySlot(series, plot) }));
  return (
    <>
      <Legend entries={legendOfBars(props)} />
      <PlotFrame
        chart={props}
        plot={plot}
        tipOf={tipTexts(props, plot, drawn)}
        definitions={hatchesOf(props)}
      >
        {props.series.map((series, index) => (
          <g class={`bars stacked tone-${series.tone}`}>
            {plot.slots.map((key, slot) => {
              const part = stacks.get(key)?.[index];
              return part
                ? drawBar({
                  ...{ plot, slot, low: part.low, high: part.high },
                  start: (1 - filledOf(plot)) / 2,
                  width: filledOf(plot),
                  patternId: `${props.id}-${series.tone}`,
                })
                : "";
            })}
          </g>
        ))}
      </PlotFrame>
      <MarkList marks={props.marks ?? []} />
    </>
  );
}

/** By place: the part of each series, null where it has no value. A part of 0 is seen only in a stack of 0. */
function stacksOf(props: AxisChartProps): ReadonlyMap<string, readonly (Part | null)[]> {
  const places = new Map<string, (number | null)[]>();
  props.series.forEach((series, index) => {
    for (const point of series.points) {
      const values = places.get(point.at) ??
        new Array<number | null>(props.series.length).fill(null);
      values[index] = drawnNumber(point.value);
      places.set(point.at, values);
    }
  });
  return new Map([...places].map(([at, values]) => [at, stackUp(values)]));
}

function stackUp(values: readonly (number | null)[]): readonly (Part | null)[] {
  const isAllZero = values.every((value) => value === null || value === 0);
  let above = 0;
  let below = 0;
  return values.map((value) => {
    if (value === null || (value === 0 && !isAllZero)) return null;
    if (value >= 0) {
      above += value;
      return { low: above - value, high: above };
    }
    below += value;
    return { low: below, high: below - value };
  });
}
