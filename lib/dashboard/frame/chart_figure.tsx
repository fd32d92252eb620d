import type { Child } from "hono/jsx";
import type { Notice } from "../page/notice.ts";
import type { DataTable, Markup } from "../page/page.ts";
import { DataTableView } from "./data_table.tsx";
import { type Definition, DefinitionDetails } from "./definition.tsx";
import { NoticeList } from "./notice_box.tsx";
import type { View } from "./view.ts";

export interface ChartFigureProps {
  readonly view: View;
  /** Unique on the page, not that of the chart inside: an anchor. */
  readonly id: string;
  readonly title: string;
  /** Unit and period, below the title: "€ per car day, May 2026". */
  readonly subtitle?: string;
  /** What the chart shows at a glance, in a sentence. */
  readonly finding?: string | null;
  /** The numbers that the chart draws. */
  readonly table: DataTable;
  /** How many rows it has, where it holds its first ones. */
  readonly total?: number;
  /** What is wrong with the data of this chart. */
  readonly notices?: readonly Notice[];
  readonly definition?: Definition;
  /** The chart. */
  readonly children: Child;
}

/** Enough to read beside a chart; a spreadsheet takes them all from the CSV. */
const MOST_ROWS = 200;

/** A chart with its title, what is wrong with its data, what it means, its numbers, its CSV and its SQL. */
export function ChartFigure(props: ChartFigureProps): Markup {
  const { view, id, title, table } = props;
  return (
    <figure class="chart-figure" id={id} aria-labelledby={`${id}-caption`}>
      <figcaption>
        <h3 id={`${id}-caption`}>{title}</h3>
        {props.finding ? <p class="finding">{props.finding}</p> : ""}
        {props.subtitle === undefined ? "" : <p class="subtitle">{props.subtitle}</p>}
      </figcaption>
      <NoticeList language={view.state.language} notices={props.notices ?? []} />
      {props.children}
      <div class="figure-details">
        {props.definition
          ? <DefinitionDetails view={view} of={title} definition={props.definition} />
          : ""}
        <DataTableView
          view={view}
          table={table}
          most={MOST_ROWS}
          {...(props.total === undefined ? {} : { total: props.total })}
          isFolded
        />
      </div>
    </figure>
  );
}
