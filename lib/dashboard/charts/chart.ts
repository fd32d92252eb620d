import type { ColumnKind } from "../page/page.ts";
import type { Format } from "../words/format.ts";
import type { Numeric } from "../words/numeric.ts";
import type { Stage } from "../words/stage_words.ts";

/**
 * What a colour means, everywhere on the site: the measure that a chart is about and its companions, a stage of the
 * rental pipeline, or a judgement.
 */
export type Tone =
  | "main"
  | "second"
  | "third"
  | "fourth"
  | "idle"
  | "good"
  | "warning"
  | "bad"
  | Stage;

/** What every chart is given. */
export interface ChartProps {
  /** Unique on the page; letters, digits and "-". Ids inside the chart begin with it. */
  readonly id: string;
  /** The name of the drawing for those who do not see it. */
  readonly title: string;
  /** What it shows and how to read it, in one or two sentences. */
  readonly description: string;
  readonly format: Format;
  /** Of all values of the chart. */
  readonly kind: ColumnKind;
  /** Why there is nothing to draw, and what would change that. */
  readonly emptyText: string;
}

/** The horizontal axis: days, ISO weeks or months in a row, both ends included, or texts. */
export type ChartAxis =
  | { readonly step: "day" | "week" | "month"; readonly from: string; readonly to: string }
  | { readonly labels: readonly string[] };

/** A value at a day (ISO date), a week (its Monday), a month (its first day) or a label of the axis. */
export interface ChartPoint {
  readonly at: string;
  /** Null, or no point at all: a gap. 0 is drawn as 0. */
  readonly value: Numeric | null;
}

/** Values of one kind and colour. */
export interface ChartSeries {
  readonly name: string;
  readonly tone: Tone;
  readonly points: readonly ChartPoint[];
  /** The period before, a year ago: dashed. */
  readonly isComparison?: boolean;
}

/** A mark on the chart: a failed check, a stale source, a setting that changed. */
export interface ChartMark {
  readonly at: string;
  readonly text: string;
}

/** A chart along an axis. */
export interface AxisChartProps extends ChartProps {
  readonly axis: ChartAxis;
  readonly series: readonly ChartSeries[];
  /** Places on the axis (days, Mondays, firsts of months) whose period is not over: hatched. */
  readonly unfinished?: readonly string[];
  readonly marks?: readonly ChartMark[];
}
