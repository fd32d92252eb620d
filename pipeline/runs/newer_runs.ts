import type { ISql } from "postgres";
import { z } from "zod";
import type { Config } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { taskParameters } from "../../lib/dag/sql_task.ts";
import { querySqlFile, runSqlFiles } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

const counts = z.tuple([z.object({
  attempts: z.number(),
  dates: z.number(),
  /** Attempts that a worker holds. */
  active: z.number(),
  first_date: z.string().nullable(),
  last_date: z.string().nullable(),
})]);

/** What there is of runs for dates after another one. */
export type NewerRuns = z.infer<typeof counts>[0];

/** Counts the runs for dates after `date`. */
export async function findNewerRuns(sql: ISql, date: Temporal.PlainDate): Promise<NewerRuns> {
  return counts.parse([
    ...await querySqlFile(sql, "ops/count_newer_runs.sql", [date.toString()]),
  ])[0];
}

/**
 * Removes the runs for dates after `date` as if they had not been: their attempts, check results and incidents,
 * and the idle days of the fleet that they added, by the merge itself. What they landed and merged was read at
 * its own time, so it stays, and so do the days of the calendar.
 *
 * Returns what was removed and the days of the fleet that went; null, with nothing written, when a worker is on
 * one of the runs.
 */
export async function removeNewerRuns(
  { sql }: Warehouse,
  dags: readonly Dag[],
  config: Config,
  date: Temporal.PlainDate,
): Promise<NewerRuns & { readonly fleetDays: number } | null> {
  return await sql.begin(async (tx) => {
    const found = await findNewerRuns(tx, date);
    if (found.active > 0) return null;
    await querySqlFile(tx, "ops/delete_newer_runs.sql", [date.toString()]);
    const parameters = taskParameters({
      config,
      logicalDate: date,
      runId: crypto.randomUUID(),
    });
    const tasks = dags.flatMap((dag) => dag.tasks);
    const files = tasks.find(({ id }) => id === "merge_fact_fleet_usage_day")?.sqlFiles ?? [];
    const merged = await runSqlFiles(tx, files, parameters);
    return { ...found, fleetDays: Number(merged.days_deleted ?? 0) };
  });
}

/** "12 attempts for 2 dates, 2026-11-27 to 2026-11-28". */
export function describeNewerRuns({ attempts, dates, first_date, last_date }: NewerRuns): string {
  const range = dates === 1 ? `${first_date}` : `${first_date} to ${last_date}`;
  return `${attempts.toLocaleString("en")} ${attempts === 1 ? "attempt" : "attempts"} for ` +
    `${dates.toLocaleString("en")} ${dates === 1 ? "date" : "dates"}, ${range}`;
}
