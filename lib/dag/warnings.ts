import type { Metrics } from "../warehouse/sql_file.ts";

/** A number above 0 that a task wants people to look at; it stops nothing. */
export interface TaskWarning {
  readonly name: string;
  readonly value: number;
}

/** The metrics named `warning_…` that are above 0: a SQL file warns by giving its metric such a name. */
export function warningsOf(metrics: Metrics): readonly TaskWarning[] {
  return Object.entries(metrics).flatMap(([name, value]) =>
    name.startsWith("warning_") && typeof value === "number" && value > 0 ? [{ name, value }] : []
  );
}
