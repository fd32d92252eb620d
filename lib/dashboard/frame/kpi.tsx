import type { Child } from "hono/jsx";
import type { Cell, ColumnKind, Markup } from "../page/page.ts";
import { compare, type Comparison, type ComparisonText } from "./comparison.ts";
import { type Definition, DefinitionDetails } from "./definition.tsx";
import { cellLink } from "./links.ts";
import { formatOf, type View } from "./view.ts";

export interface KpiProps {
  readonly view: View;
  readonly name: string;
  readonly kind: ColumnKind;
  readonly value: Cell;
  /** What is counted, after the number: "of 20 cars". */
  readonly unit?: string;
  readonly comparison?: Comparison | readonly Comparison[];
  /** The rows behind the number. */
  readonly href?: string | null;
  readonly definition: Definition;
  /** A number that says that something is wrong, or fine. */
  readonly tone?: "bad" | "warning" | "good";
  /** A sparkline. */
  readonly children?: Child;
}

/** Numbers side by side. */
export function KpiRow(props: { readonly children: Child }): Markup {
  return <div class="kpis">{props.children}</div>;
}

/** One number: name, value, unit, how it differs from before in words, and its definition one click away. */
export function Kpi(props: KpiProps): Markup {
  const { view, name, kind, value } = props;
  const format = formatOf(view);
  const text = format.withUnit(kind, value);
  const href = cellLink(view, props.href ?? null);
  const comparisons = [props.comparison ?? []].flat();
  return (
    <div role="group" class={props.tone ? `kpi ${props.tone}` : "kpi"} aria-label={name}>
      <h3>{name}</h3>
      <p class="value">
        {href === null
          ? <span class="figure">{text}</span>
          : <a class="figure" href={href}>{text}</a>}
        {props.unit === undefined ? "" : <span class="unit">{props.unit}</span>}
      </p>
      {comparisons.map((comparison) => (
        <Difference difference={compare(format, kind, value, comparison)} />
      ))}
      {props.children ? <div class="spark">{props.children}</div> : ""}
      <DefinitionDetails view={view} of={name} definition={props.definition} />
    </div>
  );
}

const ARROWS: Readonly<Record<ComparisonText["direction"], string>> = {
  up: "▲",
  down: "▼",
  same: "=",
  unknown: "",
};

function Difference({ difference }: { readonly difference: ComparisonText }): Markup {
  return (
    <p class={`difference ${difference.judgement}`}>
      {difference.direction === "unknown"
        ? ""
        : <span class="arrow" aria-hidden="true">{ARROWS[difference.direction]}</span>}
      {difference.text}
    </p>
  );
}
