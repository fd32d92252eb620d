import type { Markup } from "../page/page.ts";
import type { Tone } from "./chart.ts";

/** Stripes in the colour of the tone: what is not finished, or may still change. */
export function Hatch(props: { readonly id: string; readonly tone: Tone | "faint" }): Markup {
  return (
    <pattern
      id={props.id}
      class={`tone-${props.tone}`}
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <rect class="hatch-ground" width="6" height="6" />
      <rect class="hatch-stripe" width="3" height="6" />
    </pattern>
  );
}
