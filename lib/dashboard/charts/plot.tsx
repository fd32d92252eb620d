import type { Child } from "hono/jsx";
import type { Markup } from "../page/page.ts";
import { type Slot, slotsOf, ticksOf } from "./axis.ts";
import type { AxisChartProps, ChartProps } from "./chart.ts";
import { percent, type ValueScale, valueScale } from "./scale.ts";

/** Height of the part where values are drawn, from TOP down; below it the labels of the axis. */
const TOP = 10;
const BOTTOM = 210;
const HEIGHT = 242;
const LABEL_Y = 225;
const YEAR_Y = 239;

/** Of more places none is wide enough to be pointed at. */
const MOST_TIPS = 200;

/** Width of the coordinates of paths, which are stretched to the width of the page. */
export const PATH_WIDTH = 1000;

/** The places and scales of one chart. */
export interface Plot {
  readonly slots: readonly Slot[];
  readonly scale: ValueScale;
  /** Index of a slot by the key of a point; undefined where it lies outside. */
  readonly indexOf: (at: string) => number | undefined;
  readonly isUnfinished: (slot: number) => boolean;
}

export function createPlot(props: AxisChartProps, values: readonly number[]): Plot {
  const slots = slotsOf(props.axis);
  const indices = new Map(slots.map((slot, index) => [slot, index]));
  const unfinished = new Set((props.unfinished ?? []).map((at) => indices.get(at)));
  return {
    slots,
    scale: valueScale(values, props.kind, TOP, BOTTOM),
    indexOf: (at) => indices.get(at),
    isUnfinished: (slot) => unfinished.has(slot),
  };
}

/** Says why there is nothing to see, in the place of the drawing. */
export function EmptyChart(props: { readonly text: string }): Markup {
  return <p class="empty-chart">{props.text}</p>;
}

interface PlotFrameProps {
  readonly chart: AxisChartProps;
  readonly plot: Plot;
  /** What appears over the slot of this index. */
  readonly tipOf: (slot: number) => string;
  /** Patterns and the like. */
  readonly definitions?: Child;
  /** Whether something inside can be followed: then it is no picture but a group. */
  readonly hasLinks?: boolean;
  readonly children: Child;
}

/** Axes, grid, marks and the texts over the slots; the drawing itself is given as children. */
export function PlotFrame(props: PlotFrameProps): Markup {
  const { chart, plot } = props;
  return (
    <div class="chart">
      <ValueAxis chart={chart} scale={plot.scale} />
      <svg
        class="plot"
        width="100%"
        height={HEIGHT}
        role={props.hasLinks ? "group" : "img"}
        aria-labelledby={`${chart.id}-title ${chart.id}-desc`}
      >
        <title id={`${chart.id}-title`}>{chart.title}</title>
        <desc id={`${chart.id}-desc`}>{chart.description}</desc>
        {props.definitions ? <defs>{props.definitions}</defs> : ""}
        <Grid scale={plot.scale} />
        {props.children}
        <SlotAxis chart={chart} plot={plot} />
        <Marks chart={chart} plot={plot} />
        {props.hasLinks || plot.slots.length > MOST_TIPS
          ? ""
          : <Tips plot={plot} tipOf={props.tipOf} />}
      </svg>
    </div>
  );
}

function ValueAxis(props: { readonly chart: ChartProps; readonly scale: ValueScale }): Markup {
  const labels = props.scale.ticks.map((tick) => props.chart.format.tick(props.chart.kind, tick));
  // System fonts have no measure here: digits are about 7 px wide at 12 px.
  const width = 12 + 7 * Math.max(1, ...labels.map((label) => label.length));
  return (
    <svg class="value-axis" width={width} height={HEIGHT} aria-hidden="true">
      {props.scale.ticks.map((tick, index) => (
        <text class="tick" x={width - 8} y={props.scale.y(tick) + 4} text-anchor="end">
          {labels[index]}
        </text>
      ))}
    </svg>
  );
}

function Grid(props: { readonly scale: ValueScale }): Markup {
  const { scale } = props;
  return (
    <g class="grid">
      {scale.ticks.map((tick) => (
        <line
          class={tick === 0 ? "zero" : "level"}
          x1="0"
          x2="100%"
          y1={scale.y(tick)}
          y2={scale.y(tick)}
        />
      ))}
    </g>
  );
}

function SlotAxis(props: { readonly chart: AxisChartProps; readonly plot: Plot }): Markup {
  const { slots } = props.plot;
  return (
    <g class="slot-axis" aria-hidden="true">
      {ticksOf(props.chart.axis, slots, props.chart.format).map((tick) => {
        const share = (tick.slot + 0.5) / slots.length;
        const place = {
          class: tick.isMain ? "tick" : "tick wide-only",
          x: percent(share),
          "text-anchor": share < 0.02 ? "start" : share > 0.98 ? "end" : "middle",
        };
        return (
          <>
            <text {...place} y={LABEL_Y}>{tick.text}</text>
            {tick.year === null ? "" : <text {...place} y={YEAR_Y}>{tick.year}</text>}
          </>
        );
      })}
    </g>
  );
}

function Marks(props: { readonly chart: AxisChartProps; readonly plot: Plot }): Markup {
  return (
    <g class="marks">
      {(props.chart.marks ?? []).map((mark, index) => {
        const slot = props.plot.indexOf(mark.at);
        if (slot === undefined) return "";
        const x = percent((slot + 0.5) / props.plot.slots.length);
        return (
          <g>
            <title>{mark.text}</title>
            <line x1={x} x2={x} y1={TOP} y2={BOTTOM} />
            <circle cx={x} cy={TOP} r="8" />
            <text x={x} y={TOP + 4} text-anchor="middle">{index + 1}</text>
          </g>
        );
      })}
    </g>
  );
}

/** A browser shows the title of what the pointer is over: one invisible column for each slot. */
function Tips(props: { readonly plot: Plot; readonly tipOf: (slot: number) => string }): Markup {
  const { slots } = props.plot;
  return (
    <g class="tips">
      {slots.map((_, slot) => (
        <rect
          x={percent(slot / slots.length)}
          width={percent(1 / slots.length)}
          y={TOP}
          height={BOTTOM - TOP}
        >
          <title>{props.tipOf(slot)}</title>
        </rect>
      ))}
    </g>
  );
}

/** Paths in coordinates of PATH_WIDTH, stretched to the width of the page; their strokes are not. */
export function Stretched(props: { readonly children: Child }): Markup {
  return (
    <svg
      class="stretched"
      width="100%"
      height={HEIGHT}
      viewBox={`0 0 ${PATH_WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {props.children}
    </svg>
  );
}

/** A band behind the slots whose period is not over. */
export function UnfinishedBand(props: { readonly plot: Plot; readonly patternId: string }): Markup {
  const { slots, isUnfinished } = props.plot;
  return (
    <g class="unfinished">
      {slots.map((_, slot) =>
        isUnfinished(slot)
          ? (
            <rect
              x={percent(slot / slots.length)}
              width={percent(1 / slots.length)}
              y={TOP}
              height={BOTTOM - TOP}
              fill={`url(#${props.patternId})`}
            />
          )
          : ""
      )}
    </g>
  );
}
