import type { Markup } from "../page/page.ts";
import { type Slot, slotsOf, ticksOf } from "./axis.ts";
import type { ChartAxis, ChartProps, Tone } from "./chart.ts";
import { Legend } from "./legend.tsx";
import { Linked } from "./linked.tsx";
import { EmptyChart } from "./plot.tsx";
import { percent } from "./scale.ts";

/** One row: a car. */
export interface HeatRow {
  readonly key: string;
  readonly name: string;
  readonly href?: string | null;
}

/** What a cell can be, with its colour. A cell without a state is a gap. */
export interface HeatState {
  readonly key: string;
  readonly name: string;
  readonly tone: Tone;
  /** Striped, so that it differs by more than its colour. */
  readonly isHatched?: boolean;
}

export interface HeatMapProps extends Omit<ChartProps, "kind"> {
  readonly axis: ChartAxis;
  readonly rows: readonly HeatRow[];
  readonly states: readonly HeatState[];
  /** The key of the state of a row at a place of the axis; null where nothing is known or there is nothing. */
  readonly stateOf: (rowKey: string, at: string) => string | null;
}

/** Also the least size of something that is touched. */
const ROW_HEIGHT = 24;
const CELL_HEIGHT = 18;
const HEAD = 24;

/** Rows by days, coloured by state: one path for each state, however many cells there are. */
export function HeatMap(props: HeatMapProps): Markup {
  const slots = slotsOf(props.axis);
  const paths = pathsOf(props, slots);
  if (paths.size === 0) return <EmptyChart text={props.emptyText} />;
  const height = HEAD + props.rows.length * ROW_HEIGHT;
  return (
    <>
      <Legend
        entries={props.states.map((state) => ({
          name: state.name,
          tone: state.tone,
          look: state.isHatched ? "striped" : "box",
        }))}
      />
      <div class="heat-map">
        <ul class="heat-rows">
          {props.rows.map((row) => (
            <li class="clip" title={row.name}>
              <Linked href={row.href}>
                <bdi>{row.name}</bdi>
              </Linked>
            </li>
          ))}
        </ul>
        <svg
          class="plot"
          width="100%"
          height={height}
          role="img"
          aria-labelledby={`${props.id}-title ${props.id}-desc`}
        >
          <title id={`${props.id}-title`}>{props.title}</title>
          <desc id={`${props.id}-desc`}>{props.description}</desc>
          <HeatPatterns id={props.id} states={props.states} />
          <HeatTicks chart={props} slots={slots} height={height} />
          <svg
            class="stretched"
            width="100%"
            y={HEAD}
            height={height - HEAD}
            viewBox={`0 0 ${slots.length} ${height - HEAD}`}
            preserveAspectRatio="none"
          >
            {props.states.map((state) =>
              paths.has(state.key)
                ? (
                  <path
                    class={state.isHatched ? "cells" : `cells bar tone-${state.tone}`}
                    d={paths.get(state.key)}
                    fill={state.isHatched ? `url(#${props.id}-${state.key})` : undefined}
                  />
                )
                : ""
            )}
          </svg>
        </svg>
      </div>
    </>
  );
}

/** By state: its cells, neighbours of one row joined. */
function pathsOf(props: HeatMapProps, slots: readonly Slot[]): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const known = new Set(props.states.map((state) => state.key));
  props.rows.forEach((row, index) => {
    const y = index * ROW_HEIGHT + (ROW_HEIGHT - CELL_HEIGHT) / 2;
    let begin = 0;
    let current: string | null = null;
    for (let slot = 0; slot <= slots.length; slot++) {
      const at = slots[slot];
      const state = at === undefined ? null : props.stateOf(row.key, at);
      if (state === current) continue;
      if (current !== null && known.has(current)) {
        const width = slot - begin;
        const run = `M${begin},${y}h${width}v${CELL_HEIGHT}h-${width}z`;
        paths.set(current, (paths.get(current) ?? "") + run);
      }
      current = state;
      begin = slot;
    }
  });
  return paths;
}

/** Level stripes: slanted ones would be stretched with the cells. */
function HeatPatterns(
  props: { readonly id: string; readonly states: readonly HeatState[] },
): Markup | string {
  const hatched = props.states.filter((state) => state.isHatched);
  if (hatched.length === 0) return "";
  return (
    <defs>
      {hatched.map((state) => (
        <pattern
          id={`${props.id}-${state.key}`}
          class={`tone-${state.tone}`}
          width="1"
          height="6"
          patternUnits="userSpaceOnUse"
        >
          <rect class="hatch-ground" width="1" height="6" />
          <rect class="hatch-stripe" width="1" height="3" />
        </pattern>
      ))}
    </defs>
  );
}

function HeatTicks(
  props: { readonly chart: HeatMapProps; readonly slots: readonly Slot[]; readonly height: number },
): Markup {
  const { slots } = props;
  return (
    <g class="slot-axis" aria-hidden="true">
      {ticksOf(props.chart.axis, slots, props.chart.format).map((tick) => {
        const share = tick.slot / slots.length;
        return (
          <g class={tick.isMain ? "" : "wide-only"}>
            <line class="level" x1={percent(share)} x2={percent(share)} y1="18" y2={props.height} />
            <text
              class="tick"
              x={percent(share)}
              y="13"
              text-anchor={share > 0.9 ? "end" : "start"}
            >
              {tick.text}
            </text>
          </g>
        );
      })}
    </g>
  );
}
