import type { Dag } from "../../dag/dag.ts";
import type { Page } from "../page/page.ts";
import { fleetPage } from "./fleet.tsx";
import { moneyPage } from "./money.tsx";
import { startPage } from "./start.tsx";

/** What pages need beside the warehouse. */
export interface PagesGiven {
  /** With the schedules that are set. */
  readonly dags: readonly Dag[];
  /** After how many silent seconds a running worker counts as dead, as `explainRun` takes it. */
  readonly silentAfterS: number;
  /** Holds the lines of every task; null: they are not shown. */
  readonly logDir: string | null;
  readonly freshnessHours: number;
}

/** All pages, in the order of the navigation. */
export function createPages(_given: PagesGiven): readonly Page[] {
  return [startPage, fleetPage, moneyPage];
}
