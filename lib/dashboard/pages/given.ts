import type { Dag } from "../../dag/dag.ts";

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
