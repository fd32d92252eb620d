import { type Config, readScheduleOverrides } from "../config.ts";
import type { Dag } from "../dag/dag.ts";
import { scheduleDags } from "../dag/scheduled_dags.ts";

/**
 * The DAGs with the schedules that they really have: `SCHEDULE_<DAG_ID>` wins.
 *
 * Throws `ConfigError` for a variable that is no schedule, or names no DAG.
 */
export function withSetSchedules(dags: readonly Dag[], config: Config): readonly Dag[] {
  const overrides = readScheduleOverrides(dags.map(({ id }) => id));
  return scheduleDags(dags, config, overrides)
    .map(({ dag, schedule }) => ({ ...dag, schedule: schedule.text }));
}
