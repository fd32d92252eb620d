import { line } from "d3-shape";
import type { Markup } from "../page/page.ts";
import { wordsOf } from "../words/words.ts";
import type { AxisChartProps, ChartSeries } from "./chart.ts";
import { Hatch } from "./hatch.tsx";
import { Legend, type LegendEntry } from "./legend.tsx";
import { MarkList } from "./mark_list.tsx";
import {
  createPlot,
  EmptyChart,
  PATH_WIDTH,
  type Plot,
  PlotFrame,
  Stretched,
  UnfinishedBand,
} from "./plot.tsx";
import { percent, rounded } from "./scale.ts";
import { drawnValues, legendSeries, valuesBySlot } from "./series.ts";
import { tipTexts } from "./tips.ts";

/**
 * Values along time as lines. A missing value breaks the line, a value between two gaps is a dot, comparisons are
 * dashed, unfinished places have a hatched ground. The axis of values always holds 0.
 */
export function LineChart(props: AxisChartProps): Markup {
  const numbers = drawnValues(props.series);
  if (numbers.length === 0) return <EmptyChart text={props.emptyText} />;
  const plot = createPlot(props, numbers);
  const drawn = props.series.map((series) => ({ series, values: valuesBySlot(series, plot) }));
  // Comparisons lie below what they are compared with.
  const inOrder = drawn.toSorted((a, b) =>
    Number(b.series.isComparison ?? false) - Number(a.series.isComparison ?? false)
  );
  const patternId = `${props.id}-unfinished`;
  return (
    <>
      <Legend entries={legendOf(props)} />
      <PlotFrame
        chart={props}
        plot={plot}
        tipOf={tipTexts(props, plot, drawn)}
        definitions={props.unfinished?.length ? <Hatch id={patternId} tone="faint" /> : undefined}
      >
        <UnfinishedBand plot={plot} patternId={patternId} />
        <Stretched>
          {inOrder.map(({ series, values }) => (
            <Line
              series={series}
              values={values}
              plot={plot}
            />
          ))}
        </Stretched>
        {inOrder.map(({ series, values }) => <Dots series={series} values={values} plot={plot} />)}
      </PlotFrame>
      <MarkList marks={props.marks ?? []} />
    </>
  );
}

interface DrawnSeries {
  readonly series: ChartSeries;
  readonly values: readonly (number | null)[];
  readonly plot: Plot;
}

function Line({ series, values, plot }: DrawnSeries): Markup | string {
  const path = line<number | null>()
    .defined((value) => value !== null)
    .x((_, slot) => rounded((slot + 0.5) / values.length * PATH_WIDTH))
    .y((value) => plot.scale.y(value ?? 0));
  const d = path(values);
  if (d === null) return "";
  return (
    <path
      class={`line tone-${series.tone}${series.isComparison ? " dashed" : ""}`}
      d={d}
      vector-effect="non-scaling-stroke"
    />
  );
}

/** Dots where a line would be too short to see. */
function Dots({ series, values, plot }: DrawnSeries): Markup {
  const isAlone = (slot: number): boolean =>
    (values[slot - 1] ?? null) === null && (values[slot + 1] ?? null) === null;
  return (
    <g class={`dots tone-${series.tone}`}>
      {values.map((value, slot) =>
        value !== null && isAlone(slot)
          ? <circle cx={percent((slot + 0.5) / values.length)} cy={plot.scale.y(value)} r="3.5" />
          : ""
      )}
    </g>
  );
}

function legendOf(props: AxisChartProps): LegendEntry[] {
  const entries = legendSeries(props).map((series): LegendEntry => ({
    name: series.name,
    tone: series.tone,
    look: series.isComparison ? "dashed" : "line",
  }));
  const { unfinished } = wordsOf(props.format.settings.language).charts;
  return props.unfinished?.length
    ? [...entries, { name: unfinished, tone: "faint", look: "hatched" }]
    : entries;
}
