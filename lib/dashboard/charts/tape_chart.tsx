import type { Markup } from "../page/page.ts";
import { safeHref } from "../page/safe_href.ts";
import type { Format } from "../words/format.ts";
import { wordsOf } from "../words/words.ts";
import type { ChartProps } from "./chart.ts";
import { Linked } from "./linked.tsx";
import { EmptyChart } from "./plot.tsx";
import { percent } from "./scale.ts";
import { lanesOf, type TapeDays, tapeDays, type TapeRow, type TapeSpan } from "./tape.ts";
import { TapeLegend } from "./tape_legend.tsx";

export interface TapeChartProps extends Omit<ChartProps, "kind"> {
  /** Both ends included. */
  readonly from: string;
  readonly to: string;
  /** The day to which overdue bars run: today, or the day of `as_of`. */
  readonly today: string;
  /** ISO weekdays. */
  readonly weekendDays: readonly number[];
  /** Free cars of a day; null where it is not known. */
  readonly freeOn: (at: string) => number | null;
  readonly rows: readonly TapeRow[];
}

/** Cars by days: an HTML table in which a booking is a cell over its days. */
export function TapeChart(props: TapeChartProps): Markup {
  if (props.rows.length === 0) return <EmptyChart text={props.emptyText} />;
  const from = Temporal.PlainDate.from(props.from);
  const daysTo = (at: string): number => from.until(Temporal.PlainDate.from(at)).days;
  const count = daysTo(props.to) + 1;
  const keys = Array.from({ length: count }, (_, index) => from.add({ days: index }).toString());
  const days = tapeDays(keys, daysTo(props.today));
  const words = wordsOf(props.format.settings.language).charts;
  return (
    <>
      <TapeLegend rows={props.rows} language={props.format.settings.language} />
      <div
        class="tape-window"
        role="region"
        tabindex={0}
        aria-label={`${props.title}, ${words.scrollable}`}
      >
        <table class="tape">
          <caption class="visually-hidden">{props.title}. {props.description}</caption>
          <colgroup>
            <col class="tape-name" />
            <col class="tape-day" span={count} />
          </colgroup>
          <TapeHead chart={props} days={days} keys={keys} />
          <TapeGround days={days} keys={keys} weekendDays={props.weekendDays} />
          {props.rows.map((row) => drawRow(row, days, props.format))}
        </table>
      </div>
    </>
  );
}

interface HeadProps {
  readonly chart: TapeChartProps;
  readonly days: TapeDays;
  readonly keys: readonly string[];
}

function TapeHead({ chart, days, keys }: HeadProps): Markup {
  const { format } = chart;
  const words = wordsOf(format.settings.language).charts;
  return (
    <thead>
      <tr>
        <th scope="col" class="tape-corner">{words.car}</th>
        {keys.map((key, column) => (
          <th
            scope="col"
            class={column === days.today ? "today" : undefined}
            aria-current={column === days.today ? "date" : undefined}
          >
            <span class="weekday">{format.weekday(key)}</span>
            <span class="day">{Number(key.slice(8))}</span>
            {column === 0 || key.endsWith("-01")
              ? <span class="month">{format.monthName(key)}</span>
              : <span class="visually-hidden">{format.monthName(key)}</span>}
          </th>
        ))}
      </tr>
      <tr class="tape-free">
        <th scope="row">{words.freeCars}</th>
        {keys.map((key) => {
          const free = chart.freeOn(key);
          const text = free === null ? format.nothing : format.count(free);
          return <td class={free === 0 ? "none-free" : undefined}>{text}</td>;
        })}
      </tr>
    </thead>
  );
}

/** From here on functions instead of components: a page has a hundred rows of many bars. */
function drawRow(row: TapeRow, days: TapeDays, format: Format): Markup {
  const lanes = lanesOf(row, days);
  const marks = (row.marks ?? []).map((mark) => ({ ...mark, column: days.columnOf(mark.at) }))
    .filter((mark) => mark.column >= 0 && mark.column < days.count)
    .toSorted((a, b) => a.column - b.column);
  const height = lanes.length + (marks.length > 0 ? 1 : 0);
  const name = drawName(row, height);
  return (
    <tbody class={row.isUnassigned ? "unassigned" : undefined}>
      {marks.length > 0
        ? (
          <tr class="tape-marks">
            {name}
            {drawMarks(marks, days.count)}
          </tr>
        )
        : ""}
      {lanes.map((spans, lane) => (
        <tr>
          {lane === 0 && marks.length === 0 ? name : ""}
          {drawLane(spans, days.count, format)}
        </tr>
      ))}
    </tbody>
  );
}

function drawName(row: TapeRow, height: number): Markup {
  return (
    <th scope="rowgroup" rowspan={height}>
      <Linked href={row.href}>
        <bdi class="clip" title={row.name}>{row.name}</bdi>
      </Linked>
      {row.detail ? <bdi class="clip detail" title={row.detail}>{row.detail}</bdi> : ""}
    </th>
  );
}

function drawMarks(
  marks: readonly { readonly column: number; readonly text: string }[],
  count: number,
): (Markup | string)[] {
  // Marks of one day share a cell; each runs to the next one, so that its text has room.
  const columns = [...new Set(marks.map((mark) => mark.column))];
  return [
    drawGap(0, (columns[0] ?? count) - 1),
    ...columns.map((column, index) => {
      const text = marks.filter((mark) => mark.column === column).map((mark) => mark.text)
        .join("; ");
      return (
        <td colspan={(columns[index + 1] ?? count) - column} class="tape-mark">
          <bdi class="clip" title={text}>{text}</bdi>
        </td>
      );
    }),
  ];
}

function drawLane(
  spans: readonly TapeSpan[],
  count: number,
  format: Format,
): (Markup | string)[] {
  return [
    ...spans.flatMap((span, index) => [
      drawGap((spans[index - 1]?.to ?? -1) + 1, span.from - 1),
      <td colspan={span.to - span.from + 1}>{drawSpan(span, format)}</td>,
    ]),
    drawGap((spans.at(-1)?.to ?? -1) + 1, count - 1),
  ];
}

/** Days without a booking, as one cell. */
function drawGap(from: number, to: number): Markup | string {
  return from > to ? "" : <td colspan={to - from + 1}></td>;
}

function drawSpan(span: TapeSpan, format: Format): Markup {
  const { bar } = span;
  const words = wordsOf(format.settings.language);
  const stage = words.stages[bar.stage];
  const planned = words.charts.daysFrom(
    format.dayAndMonth(bar.first),
    format.dayAndMonth(bar.last),
  );
  const text = [
    bar.name,
    stage,
    planned,
    bar.isDoubleBooked ? words.charts.double : "",
    bar.isOverdue ? words.charts.overdue : "",
    bar.hasNoEnd ? words.charts.noEnd : "",
  ].filter((part) => part !== "").join(", ");
  if (span.kind !== "bar") {
    const out = bar.hasNoEnd ? words.charts.noEnd : words.charts.overdue;
    const label = span.kind === "overdue" ? out : words.charts.mayLast;
    return (
      <span class={`tape-bar ${span.kind}`} title={`${text}: ${label}`}>
        <span class={span.kind === "overdue" ? "stage-name" : "visually-hidden"}>{label}</span>
      </span>
    );
  }
  const classes = [
    "tape-bar",
    `tone-${bar.stage}`,
    bar.isDoubleBooked ? "double" : "",
    span.isCutBefore ? "cut-before" : "",
    span.isCutAfter ? "cut-after" : "",
  ].filter((part) => part !== "").join(" ");
  const content = [
    bar.isDoubleBooked
      ? (
        <span class="double-sign">
          !<span class="visually-hidden">{words.charts.double}</span>
        </span>
      )
      : "",
    <bdi>{bar.initials}</bdi>,
    " ",
    <span class={span.from === span.to ? "visually-hidden" : "stage-name"}>{stage}</span>,
  ];
  const href = safeHref(bar.href);
  return href === null
    ? <span class={classes} title={text}>{content}</span>
    : <a class={classes} href={href} title={text}>{content}</a>;
}

interface GroundProps {
  readonly days: TapeDays;
  readonly keys: readonly string[];
  readonly weekendDays: readonly number[];
}

/**
 * Behind the table: weekends, the lines between days, today. So a cell over many days can stay one cell. It stands in
 * a row without height, which moves and grows with the table.
 */
function TapeGround({ days, keys, weekendDays }: GroundProps): Markup {
  const { count, today } = days;
  return (
    <tbody class="tape-ground-row" aria-hidden="true">
      <tr>
        <td colspan={count + 1}>
          <svg class="tape-ground" width="100%" height="100%" aria-hidden="true">
            {keys.map((key, column) =>
              weekendDays.includes(Temporal.PlainDate.from(key).dayOfWeek)
                ? (
                  <rect
                    class="weekend"
                    x={percent(column / count)}
                    width={percent(1 / count)}
                    height="100%"
                  />
                )
                : ""
            )}
            {keys.map((_, column) => (
              <line
                class="level"
                x1={percent(column / count)}
                x2={percent(column / count)}
                y1="0"
                y2="100%"
              />
            ))}
            {today >= 0 && today < count
              ? (
                <rect
                  class="today"
                  x={percent(today / count)}
                  width={percent(1 / count)}
                  height="100%"
                />
              )
              : ""}
          </svg>
        </td>
      </tr>
    </tbody>
  );
}
