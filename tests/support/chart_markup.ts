// What the charts of the site have in common, said once for the tests of each.

import { FORMAT } from "./markup.ts";

/** What every chart of the tests is given. */
export const CHART = {
  id: "a",
  title: "Revenue",
  description: "A line.",
  format: FORMAT,
  kind: "count",
  emptyText: "Nothing yet.",
} as const;

/** A legend: of each entry the classes of its swatch, and its name. */
export function legend(...entries: readonly (readonly [swatch: string, name: string])[]): string {
  const items = entries.map(([swatch, name]) =>
    `<li>
<span class="swatch ${swatch}" aria-hidden="true">
</span>
<bdi>${name}</bdi>
</li>`
  );
  return [`<ul class="legend">`, ...items, "</ul>"].join("\n");
}

/** The scale beside a plot: of each tick its height and what it says, from below. */
export function valueAxis(...ticks: readonly (readonly [y: number, text: string])[]): string {
  return [
    `<svg class="value-axis" width="26" height="242" aria-hidden="true">`,
    ...ticks.map(([y, text]) =>
      `<text class="tick" x="18" y="${y}" text-anchor="end">${text}</text>`
    ),
    "</svg>",
  ].join("\n");
}

/** How a plot begins, `height` pixels high. */
export function plotHead(height: number): string {
  return `<svg class="plot" width="100%" height="${height}" role="img" aria-labelledby="a-title a-desc">
<title id="a-title">Revenue</title>
<desc id="a-desc">A line.</desc>`;
}

/** The pattern of what is unfinished. */
export function hatching(id: string, tone: string): string {
  return `<defs>
<pattern id="${id}" class="${tone}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect class="hatch-ground" width="6" height="6">
</rect>
<rect class="hatch-stripe" width="3" height="6">
</rect>
</pattern>
</defs>`;
}

/** The lines behind a plot, from below. */
export function grid(...lines: readonly (readonly [kind: "level" | "zero", y: number])[]): string {
  const drawn = lines.map(([kind, y]) =>
    `<line class="${kind}" x1="0" x2="100%" y1="${y}" y2="${y}">\n</line>`
  );
  return [`<g class="grid">`, ...drawn, "</g>"].join("\n");
}
