import { z } from "zod";
import type { PageRequest } from "../page/page.ts";

/** What the marts were last built for. */
export interface Build {
  readonly logicalDate: Temporal.PlainDate;
  /** The last finished day: figures "so far" count days up to it. */
  readonly lastFinishedDay: Temporal.PlainDate;
  /** Before it nothing is known of how things stood. */
  readonly firstLoadDay: Temporal.PlainDate | null;
  /** So many days past the logical date are built. */
  readonly horizonDays: number;
  readonly graceMinutes: number;
  /** Null where it was built before that was written down. */
  readonly cohortMaturityDays: number | null;
}

const date = z.string().transform((text) => Temporal.PlainDate.from(text));

const buildRows = z.array(z.object({
  logical_date: date,
  last_finished_day: date,
  first_load_day: date.nullable(),
  max_horizon_days: z.number(),
  grace_minutes: z.number(),
  cohort_maturity_days: z.number().nullable(),
}));

/**
 * The build behind the marts; null before the first one. Where the state at the end of an earlier day is shown, that
 * is the last finished day.
 */
export async function readBuild(
  ask: PageRequest["ask"],
  asOf: Temporal.PlainDate | null,
): Promise<Build | null> {
  const [row] = buildRows.parse(await ask("dashboard/read_build.sql", []));
  if (!row) return null;
  return {
    logicalDate: row.logical_date,
    lastFinishedDay: asOf ?? row.last_finished_day,
    firstLoadDay: row.first_load_day,
    horizonDays: row.max_horizon_days,
    graceMinutes: row.grace_minutes,
    cohortMaturityDays: row.cohort_maturity_days,
  };
}
