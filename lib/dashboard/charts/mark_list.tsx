import type { Markup } from "../page/page.ts";
import type { ChartMark } from "./chart.ts";

/** The texts of the numbered marks, below their chart. */
export function MarkList(props: { readonly marks: readonly ChartMark[] }): Markup | string {
  if (props.marks.length === 0) return "";
  return (
    <ol class="mark-list">
      {props.marks.map((mark) => (
        <li>
          <bdi>{mark.text}</bdi>
        </li>
      ))}
    </ol>
  );
}
