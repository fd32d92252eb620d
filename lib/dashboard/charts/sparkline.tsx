import { line } from "d3-shape";
import type { Markup } from "../page/page.ts";
import { drawnNumber, type Numeric } from "../words/numeric.ts";
import type { Tone } from "./chart.ts";
import { rounded, valueScale } from "./scale.ts";

export interface SparklineProps {
  /** What the line shows, for those who do not see it: its name with its first and last value. */
  readonly title: string;
  readonly tone?: Tone;
  /** In order; null is a gap. */
  readonly values: readonly (Numeric | null)[];
}

const WIDTH = 120;
const HEIGHT = 32;
const MARGIN = 4;

/** A small line beside a number, with a dot at its last value; nothing where there is no value. */
export function Sparkline(props: SparklineProps): Markup | string {
  const values = props.values.map(drawnNumber);
  const numbers = values.filter((value) => value !== null);
  if (numbers.length === 0) return "";
  const scale = valueScale(numbers, "decimal", MARGIN, HEIGHT - MARGIN);
  const x = (slot: number): number =>
    values.length === 1
      ? WIDTH / 2
      : rounded(MARGIN + slot / (values.length - 1) * (WIDTH - 2 * MARGIN));
  const path = line<number | null>()
    .defined((value) => value !== null)
    .x((_, slot) => x(slot))
    .y((value) => scale.y(value ?? 0));
  const last = values.findLastIndex((value) => value !== null);
  return (
    <svg
      class={`sparkline tone-${props.tone ?? "main"}`}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={props.title}
    >
      <title>{props.title}</title>
      <line class="zero" x1={MARGIN} x2={WIDTH - MARGIN} y1={scale.zero} y2={scale.zero} />
      <path class="line" d={path(values) ?? ""} />
      <circle class="dot" cx={x(last)} cy={scale.y(values[last] ?? 0)} r="3" />
    </svg>
  );
}
