import type { Markup } from "../page/page.ts";
import type { Tone } from "./chart.ts";

/** One line of a legend. */
export interface LegendEntry {
  readonly name: string;
  readonly tone: Tone | "faint";
  readonly look: "line" | "dashed" | "box" | "hatched" | "striped" | "framed";
}

/** What the colours mean; nothing where there is one thing only. */
export function Legend(props: { readonly entries: readonly LegendEntry[] }): Markup | string {
  if (props.entries.length < 2 && props.entries[0]?.look !== "hatched") return "";
  return (
    <ul class="legend">
      {props.entries.map((entry) => (
        <li>
          <span class={`swatch ${entry.look} tone-${entry.tone}`} aria-hidden="true"></span>
          <bdi>{entry.name}</bdi>
        </li>
      ))}
    </ul>
  );
}
