import { scaleLinear } from "d3-scale";
import type { ColumnKind } from "../page/page.ts";

/** The vertical axis of a drawing: from values to pixels below its top. */
export interface ValueScale {
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
  /** Where 0 lies. */
  readonly zero: number;
}

const WANTED_TICKS = 4;

/** A scale that holds 0 and all values, rounded out; counts get whole ticks only. */
export function valueScale(
  values: readonly number[],
  kind: ColumnKind,
  top: number,
  bottom: number,
): ValueScale {
  const least = Math.min(0, ...extremes(values));
  const greatest = Math.max(0, ...extremes(values));
  const domain = least === 0 && greatest === 0 ? [0, 1] : [least, greatest];
  const scale = scaleLinear().domain(domain).range([bottom, top]).nice(WANTED_TICKS);
  const ticks = scale.ticks(WANTED_TICKS);
  const y = (value: number): number => rounded(scale(value));
  return {
    y,
    ticks: kind === "count" || kind === "id" ? ticks.filter(Number.isInteger) : ticks,
    zero: y(0),
  };
}

/** Not Math.min(...values): a spread of a hundred thousand arguments overflows the stack. */
function extremes(values: readonly number[]): number[] {
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return values.length === 0 ? [] : [least, greatest];
}

/** To hundredths: enough for a pixel, and the same text everywhere. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** As an SVG length: a share of the width. */
export function percent(share: number): string {
  return `${rounded(share * 100)}%`;
}
