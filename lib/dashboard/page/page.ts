import type { JSX } from "hono/jsx/jsx-runtime";
import type { ISql } from "postgres";
import type { SqlValues } from "../../warehouse/sql_file.ts";
import type { Notice } from "./notice.ts";

/** The languages of the site. */
export const LANGUAGES = ["en", "ru"] as const;

export type Language = (typeof LANGUAGES)[number];

/** Text, or markup that is safe because JSX made it. */
export type Markup = JSX.Element;

/** A span of days in `BUSINESS_TZ`, both ends included. */
export interface Period {
  readonly from: Temporal.PlainDate;
  readonly to: Temporal.PlainDate;
}

/** All that a page shows beside the data: it is in the address, so that a link shows the same page again. */
export interface PageState {
  /** What the address says, else the page's own default. */
  readonly period: Period;
  /** Id of the car that is looked at. */
  readonly car: number | null;
  readonly model: string | null;
  /** The state at the end of this day; null: the present. Also where the page has no such filter: it says so then. */
  readonly asOf: Temporal.PlainDate | null;
  readonly language: Language;
  /** Further parameters that the page itself names in `parameters`. */
  readonly own: Readonly<Record<string, string>>;
  /**
   * The parameters that the address really has, checked, without the page's defaults: what links repeat. So a page
   * that was opened without a period leads to pages with their own period.
   */
  readonly address: Readonly<Record<string, string>>;
}

/** Which filters a page shows; what it does not show it ignores. */
export type Filter = "period" | "car" | "model" | "as_of";

/** The settings that pages need. */
export interface SiteSettings {
  /** IANA name. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Of the amoCRM account, without a slash at its end; null where none is set. */
  readonly amoUrl: string | null;
  /** Whether personal values are shown; else they are masked. */
  readonly showsPersonalData: boolean;
  /** Whether buttons that write are there: only behind a token. */
  readonly hasWriteButtons: boolean;
  /** ISO weekdays, 1 is Monday. */
  readonly weekendDays: readonly number[];
}

/** What a page is asked for, and what it may ask. */
export interface PageRequest {
  /** Of the address, without the query: "/history/lead/123". */
  readonly path: string;
  readonly state: PageState;
  /** The table that is asked for as a CSV, "" for the first one; null where the page is. */
  readonly csvTable: string | null;
  /** Parts of the path that the route names, e.g. `id` of "/history/:kind/:id". */
  readonly params: Readonly<Record<string, string>>;
  readonly settings: SiteSettings;
  /** The time of the answer, by the clock of the warehouse. */
  readonly now: Temporal.Instant;
  /** The day of that time in `BUSINESS_TZ`. */
  readonly today: Temporal.PlainDate;
  /**
   * The rows of one select of a file below sql/ ("dashboard/fleet_months.sql", parameters `$1`…), read as the role
   * of the page in one read-only transaction with a time-out. Parse them with zod.
   */
  readonly ask: (sqlFile: string, values: SqlValues) => Promise<readonly unknown[]>;
  /** That transaction itself, for readers of other rooms. */
  readonly sql: ISql;
  /** What is wrong with the data that a file below sql/ reads: failed checks, stale sources, unfinished builds. */
  readonly notices: (sqlFile: string) => Promise<readonly Notice[]>;
}

/** A page, or one of its tables by itself. */
export type PageFormat = "html" | "csv";

/** How the values of a column are shown; in a CSV numbers stay numbers. */
export type ColumnKind =
  | "text"
  | "id"
  | "count"
  | "decimal"
  | "money"
  | "ratio"
  | "days"
  | "seconds"
  | "flag"
  | "date"
  | "month"
  | "moment"
  /** A start or an end that was agreed on: one at midnight is a date without a time. */
  | "planned";

/** Money and ratios may be exact texts, as PostgreSQL gives numeric. Dates are ISO texts, moments ISO instants. */
export type Cell = string | number | boolean | null;

export type Row = Readonly<Record<string, Cell>>;

/** One column of a table. */
export interface Column {
  /** The key of its cells in the rows, and its name in the CSV. */
  readonly key: string;
  /** In the language of the page. */
  readonly title: string;
  readonly kind: ColumnKind;
  /** The column of a mart whose comment says what the number means, e.g. "dm.revenue_month.adr". */
  readonly definition?: string;
  /** Where a cell leads: a path of the site with the state kept by the frame, or an address of amoCRM. */
  readonly linkTo?: (row: Row) => string | null;
  /** Masked unless personal data are shown. */
  readonly isPersonal?: boolean;
  /** The key of the id behind a name that others may bear too: a CSV has it as its last columns. */
  readonly idKey?: string;
  /** Where two rows have one name and two ids, the page shows these beside it. */
  readonly isNamedApart?: boolean;
}

/** The one source of a table in HTML, of the numbers behind a chart, and of its CSV. */
export interface DataTable {
  /** For `table=` of the CSV: letters, digits and "_". */
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** How many rows the list has, of which these are a page, or the first ones. */
  readonly allRows?: number;
  /** There are more than these, nobody has counted how many; the CSV has them up to `MOST_CSV_ROWS`. */
  readonly isCut?: boolean;
  /** The file below sql/ that asked for it, shown beside it. */
  readonly sqlFile: string;
}

/** A page that is ready to be framed. */
export interface PageContent {
  readonly title: string;
  readonly body: Markup;
  /** In the order of the page; the first is the CSV without `table=`. */
  readonly tables: readonly DataTable[];
}

/** One page of the site. */
export interface Page {
  /** A route: "/", "/calendar", "/history/:kind/:id". */
  readonly path: string;
  /** "business" reads dict, dds and dm as rental_bi, "everything" also stg, ods and ops as rental_look. */
  readonly reads: "business" | "everything";
  readonly filters: readonly Filter[];
  /** Those of `filters` that the page asks for in a form of its own. */
  readonly ownFilters?: readonly Filter[];
  /** As a page it reads no more rows than it shows: a table is whole in its CSV alone. */
  readonly showsPart?: true;
  /** Names of further query parameters that belong to its state. */
  readonly parameters?: readonly string[];
  /** The period where the address names none; `today` is a day in `BUSINESS_TZ`. */
  readonly defaultPeriod: (today: Temporal.PlainDate) => Period;
  /** Throws `PageError` for what cannot be shown. */
  readonly render: (request: PageRequest) => Promise<PageContent>;
}

/** What was asked for is not there (404) or makes no sense (400); the message is shown and has the next step. */
export class PageError extends Error {
  override readonly name = "PageError";

  /** `title` says what is not there, where that is no page: a car, a lead, a run. */
  constructor(readonly status: 400 | 404, message: string, readonly title: string | null = null) {
    super(message);
  }
}
