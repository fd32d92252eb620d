import type { Markup } from "../page/page.ts";
import { drawnNumber, type Numeric, toCell } from "../words/numeric.ts";
import { wordsOf } from "../words/words.ts";
import type { ChartProps, Tone } from "./chart.ts";
import { Linked } from "./linked.tsx";
import { EmptyChart } from "./plot.tsx";
import { percent } from "./scale.ts";

/** One step of a funnel. */
export interface FunnelStep {
  readonly name: string;
  readonly tone: Tone;
  readonly value: Numeric;
  /** The same step in the period that is compared with. */
  readonly before?: Numeric | null;
  readonly href?: string | null;
}

export interface FunnelChartProps extends ChartProps {
  /** From the widest on. */
  readonly steps: readonly FunnelStep[];
  /** Of what the dashed marks stand for; without it there are none. */
  readonly comparison?: string;
}

/** How many of the first step are left at each further one: bars in a list, widths as shares of the widest. */
export function FunnelChart(props: FunnelChartProps): Markup {
  const values = props.steps.map((step) => drawnNumber(step.value) ?? 0);
  const befores = props.steps.map((step) => drawnNumber(step.before) ?? 0);
  const widest = Math.max(0, ...values, ...befores);
  if (widest === 0) return <EmptyChart text={props.emptyText} />;
  const words = wordsOf(props.format.settings.language).charts;
  return (
    <div class="funnel" role="group" aria-label={props.title}>
      <p class="visually-hidden">{props.description}</p>
      {props.comparison === undefined ? "" : (
        <p class="legend">
          <span class="swatch before" aria-hidden="true"></span>
          {props.comparison}
        </p>
      )}
      <table class="funnel-steps">
        <thead>
          <tr>
            <th scope="col">{words.stage}</th>
            <td></td>
            <th scope="col" class="number">{words.count}</th>
            <th scope="col" class="number">{words.shareOfFirst}</th>
            <th scope="col" class="number wide-only">{words.shareOfBefore}</th>
          </tr>
        </thead>
        <tbody>
          {props.steps.map((step, index) => (
            <Step
              step={step}
              chart={props}
              value={values[index] ?? 0}
              widest={widest}
              first={values[0] ?? 0}
              before={index === 0 ? null : values[index - 1] ?? 0}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface StepProps {
  readonly step: FunnelStep;
  readonly chart: FunnelChartProps;
  readonly value: number;
  readonly widest: number;
  readonly first: number;
  readonly before: number | null;
}

function Step({ step, chart, value, widest, first, before }: StepProps): Markup {
  const { format, kind } = chart;
  const earlier = drawnNumber(step.before);
  const ratioTo = (whole: number | null): string =>
    whole === null || whole === 0 ? format.nothing : format.ratio(value / whole);
  const text = format.cell(kind, toCell(step.value));
  return (
    <tr>
      <th scope="row">
        <span class="clip" title={step.name}>
          <bdi>{step.name}</bdi>
        </span>
      </th>
      <td class="funnel-bar">
        <svg width="100%" height="24" aria-hidden="true" class={`tone-${step.tone}`}>
          <rect class="funnel-ground" width="100%" height="24" rx="3" />
          <rect class="bar" width={percent(Math.max(0, value) / widest)} height="24" rx="3" />
          {earlier === null || chart.comparison === undefined ? "" : (
            <g>
              <title>{`${chart.comparison}: ${format.cell(kind, earlier)}`}</title>
              <rect
                class="funnel-before"
                x={percent(earlier / widest)}
                width="3"
                height="24"
                transform="translate(-1.5 0)"
              />
            </g>
          )}
        </svg>
      </td>
      <td class="number">
        <Linked href={step.href}>{text}</Linked>
      </td>
      <td class="number">{ratioTo(first)}</td>
      <td class="number wide-only">{ratioTo(before)}</td>
    </tr>
  );
}
