import type { Markup } from "../page/page.ts";
import { safeHref } from "../page/safe_href.ts";
import { wordsOf } from "../words/words.ts";
import type { AxisChartProps, ChartSeries } from "./chart.ts";
import { Hatch } from "./hatch.tsx";
import { Legend, type LegendEntry } from "./legend.tsx";
import { MarkList } from "./mark_list.tsx";
import { createPlot, EmptyChart, PATH_WIDTH, type Plot, PlotFrame, Stretched } from "./plot.tsx";
import { percent, rounded } from "./scale.ts";
import { drawnValues, legendSeries, valuesBySlot } from "./series.ts";
import { tipTexts } from "./tips.ts";

export interface BarChartProps extends AxisChartProps {
  /** Where the bar of a place leads; null where it leads nowhere. */
  readonly linkTo?: (at: string) => string | null;
}

/** The share of a slot that bars fill; of a single one, or it would be a wall as wide as the page. */
const FILLED = 0.76;
const FILLED_ALONE = 0.2;

/** The share of each slot that bars fill. */
export function filledOf({ slots }: Pick<Plot, "slots">): number {
  return slots.length === 1 ? FILLED_ALONE : FILLED;
}

/** What is seen of a value of 0: a bar this thin, where a gap has none. */
const ZERO_HEIGHT = 1.5;

/** Values side by side as bars from 0; comparisons are dashed lines across them, unfinished bars are hatched. */
export function BarChart(props: BarChartProps): Markup {
  const numbers = drawnValues(props.series);
  if (numbers.length === 0) return <EmptyChart text={props.emptyText} />;
  const plot = createPlot(props, numbers);
  const drawn = props.series.map((series) => ({ series, values: valuesBySlot(series, plot) }));
  const bars = drawn.filter(({ series }) => !series.isComparison);
  const comparisons = drawn.filter(({ series }) => series.isComparison);
  const tipOf = tipTexts(props, plot, drawn);
  return (
    <>
      <Legend entries={legendOfBars(props)} />
      <PlotFrame
        chart={props}
        plot={plot}
        tipOf={tipOf}
        hasLinks={props.linkTo !== undefined}
        definitions={hatchesOf(props)}
      >
        {bars.map(({ series, values }, place) => (
          <g class={`bars tone-${series.tone}`}>
            {values.map((value, slot) => {
              if (value === null) return "";
              const key = plot.slots[slot] ?? "";
              const bar = drawBar({
                plot,
                slot,
                low: Math.min(0, value),
                high: Math.max(0, value),
                start: (1 - filledOf(plot)) / 2 + filledOf(plot) * place / bars.length,
                width: filledOf(plot) / bars.length,
                patternId: `${props.id}-${series.tone}`,
              });
              const href = safeHref(props.linkTo?.(key) ?? null);
              if (href === null) return bar;
              const tip = tipOf(slot);
              return (
                <a href={href} aria-label={tip}>
                  <title>{tip}</title>
                  {bar}
                </a>
              );
            })}
          </g>
        ))}
        <Stretched>
          {comparisons.map(({ series, values }) => (
            <path
              class={`line dashed tone-${series.tone}`}
              d={stepsOf(values, plot)}
              vector-effect="non-scaling-stroke"
            />
          ))}
        </Stretched>
      </PlotFrame>
      <MarkList marks={props.marks ?? []} />
    </>
  );
}

interface BarProps {
  readonly plot: Plot;
  readonly slot: number;
  readonly low: number;
  readonly high: number;
  /** Shares of the slot. */
  readonly start: number;
  readonly width: number;
  readonly patternId: string;
}

/** One bar between two values; hatched where its period is not over. No component: a chart has thousands of them. */
export function drawBar(props: BarProps): Markup {
  const { plot, slot } = props;
  const top = plot.scale.y(props.high);
  const height = rounded(plot.scale.y(props.low) - top);
  const isThin = height < ZERO_HEIGHT;
  const isUnfinished = plot.isUnfinished(slot);
  return (
    <rect
      class={isUnfinished ? "bar unfinished" : "bar"}
      x={percent((slot + props.start) / plot.slots.length)}
      width={percent(props.width / plot.slots.length)}
      y={isThin && props.low === 0 ? rounded(plot.scale.zero - ZERO_HEIGHT) : top}
      height={isThin ? ZERO_HEIGHT : height}
      fill={isUnfinished ? `url(#${props.patternId})` : undefined}
    />
  );
}

/** Hatches for the colours of the bars, where something is unfinished. */
export function hatchesOf(props: AxisChartProps): Markup[] | undefined {
  if (!props.unfinished?.length) return undefined;
  const tones = new Set(props.series.filter((one) => !one.isComparison).map((one) => one.tone));
  return [...tones].map((tone) => <Hatch id={`${props.id}-${tone}`} tone={tone} />);
}

/** Bars as boxes, comparisons dashed, and what hatching means where there is any. */
export function legendOfBars(props: AxisChartProps): LegendEntry[] {
  const entries = legendSeries(props).map((series: ChartSeries): LegendEntry => ({
    name: series.name,
    tone: series.tone,
    look: series.isComparison ? "dashed" : "box",
  }));
  const tones = new Set(props.series.filter((one) => !one.isComparison).map((one) => one.tone));
  const { unfinished } = wordsOf(props.format.settings.language).charts;
  return props.unfinished?.length
    // The colour of one of several would say that it alone is unfinished.
    ? [...entries, {
      name: unfinished,
      tone: tones.size === 1 ? [...tones][0] ?? "main" : "faint",
      look: "hatched",
    }]
    : entries;
}

/** A short level line in every slot that has a value. */
function stepsOf(values: readonly (number | null)[], plot: Plot): string {
  const x = (place: number): number => rounded(place / values.length * PATH_WIDTH);
  const margin = (1 - filledOf(plot)) / 4;
  return values.flatMap((value, slot) =>
    value === null ? [] : [`M${x(slot + margin)},${plot.scale.y(value)}H${x(slot + 1 - margin)}`]
  ).join("");
}
