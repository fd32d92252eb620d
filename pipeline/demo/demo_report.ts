import type { DagOutcome } from "../../lib/dag/outcome.ts";
import type { Figures } from "./figures.ts";

/** One day of the demo. */
export interface DemoDay {
  readonly date: string;
  /** What the business did. */
  readonly notes: readonly string[];
  /** Status of each DAG, in the order of the day. */
  readonly dags: Readonly<Record<string, DagOutcome["status"]>>;
  readonly rows_written: number;
}

/** Everything that a demo shows; with `--json` it is printed as it is. The same seed gives the same report. */
export interface DemoReport extends Figures {
  readonly seed: number;
  readonly first_date: string;
  readonly last_date: string;
  readonly currency: string;
  readonly days: readonly DemoDay[];
  /** Where warehouse and CRM disagree; empty is how it should be. */
  readonly differences: readonly string[];
}

/** Whether all went well: every DAG of every day, and the comparison at the end. */
export function isGood({ days, differences }: DemoReport): boolean {
  return differences.length === 0 &&
    days.every(({ dags }) => Object.values(dags).every((status) => status === "success"));
}
