import type { Language, Page, SiteSettings } from "./page/page.ts";
import type { Config } from "../config.ts";
import type { Dag } from "../dag/dag.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";

/** What the buttons of the site start. */
export interface RunActions {
  /** Starts what of a DAG has not succeeded for a date, as `runs retry` does, and returns at once. */
  retry(
    dagId: string,
    date: Temporal.PlainDate,
    choice: { readonly force: boolean; readonly downstream: boolean },
  ): void;
  /** Starts what of a DAG has not succeeded on some dates, one after the other, and returns at once. */
  backfill(dagId: string, from: Temporal.PlainDate, to: Temporal.PlainDate): void;
  /** Why a DAG cannot be started here; null when it can. */
  refuses(dagId: string): "unknown_dag" | "no_account" | null;
}

/** Settings that the marts are counted with; those of a page may have been built with others. */
export type CountingSettings = Pick<
  Config,
  "graceMinutes" | "maxHorizonDays" | "cohortMaturityDays"
>;

/** What a site is made of. */
export interface SiteOptions {
  readonly warehouse: Warehouse;
  /** In the order of the navigation. */
  readonly pages: readonly Page[];
  /** What of them builds which table. */
  readonly dags: readonly Dag[];
  readonly settings: Omit<SiteSettings, "hasWriteButtons">;
  /** `UI_LANG`; null: the browser's. */
  readonly language: Language | null;
  /** Null: whoever reaches the site from this machine sees it. */
  readonly token: string | null;
  /** As the program is set now. */
  readonly counting: CountingSettings;
  readonly freshnessHours: number;
  /** Null: no buttons. Without a token there are none either. */
  readonly actions: RunActions | null;
  /** Of one statement of a page. */
  readonly statementTimeoutMs?: number;
  /** Of a whole page, its wait for a turn included. */
  readonly pageTimeoutMs?: number;
}

/** What is known of who asks, beside the request itself. */
export interface Visitor {
  /** The address that he comes from. */
  readonly client: string;
}
