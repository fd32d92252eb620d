import {
  type Catchup,
  type Config,
  ConfigError,
  readScheduleOverrides,
  scheduleVariable,
} from "../config.ts";
import type { Dag } from "./dag.ts";
import { laterOnItsDay, parseSchedule, type Schedule, ScheduleError } from "./schedule.ts";
import { validateDags } from "./validate.ts";

/**
 * The DAGs with their times, which `overrides` may change by DAG id.
 *
 * Throws `DagError` when the DAGs do not fit together, and `ConfigError` for an override that is no schedule.
 */
export function scheduleDags(
  dags: readonly Dag[],
  { businessTz, catchup, catchupMaxDays }: Config,
  overrides: ReadonlyMap<string, string>,
): readonly ScheduledDag[] {
  validateDags(dags);
  const textOf = (dag: Dag): string | undefined => {
    const set = overrides.get(dag.id);
    const { follows } = dag;
    const before = follows && set === undefined && dags.find(({ id }) => id === follows.dag);
    if (!before) return set;
    return laterOnItsDay(readSchedule(before, textOf(before), businessTz).text, follows.minutes);
  };
  return dags.map((dag) => ({
    dag,
    schedule: readSchedule(dag, textOf(dag), businessTz),
    catchup: dag.catchup ?? catchup,
    catchupMaxDays,
  }));
}

function readSchedule(dag: Dag, override: string | undefined, timeZone: string): Schedule {
  try {
    return parseSchedule(override ?? dag.schedule, timeZone);
  } catch (error) {
    if (!(error instanceof ScheduleError) || override === undefined) throw error;
    throw new ConfigError(`Cannot use ${scheduleVariable(dag.id)}: ${error.message}`);
  }
}

/**
 * A sentence for each upstream whose slot lies later after that of a DAG which waits for it than that would wait:
 * such a run gives up, and comes only when its upstream has succeeded.
 */
export function findLateUpstreams(
  dags: readonly ScheduledDag[],
  now: Temporal.Instant,
  { businessTz, pokeTimeoutMs }: Config,
): readonly string[] {
  const today = now.toZonedDateTimeISO(businessTz).toPlainDate();
  // Any week has all days that a schedule picks, but for those of a month.
  const slotsOf = ({ schedule }: ScheduledDag) => schedule.slots(today, today.add({ days: 7 }));
  return dags.flatMap((own) => {
    const names = new Set(own.dag.waitsFor.map((upstream) => upstream.dag));
    return dags.filter(({ dag }) => names.has(dag.id)).flatMap((upstream) => {
      const late = slotsOf(upstream).find(({ date, at }) => {
        const slot = slotsOf(own).find((one) => one.date.equals(date));
        return slot && at.epochMilliseconds - slot.at.epochMilliseconds > pokeTimeoutMs;
      });
      return late ? [describeLate(own, upstream, pokeTimeoutMs)] : [];
    });
  });
}

function describeLate(own: ScheduledDag, upstream: ScheduledDag, pokeTimeoutMs: number): string {
  return `${own.dag.id} (${own.schedule.text}) waits for ${upstream.dag.id} (${upstream.schedule.text}), ` +
    `whose time is more than POKE_TIMEOUT_MIN (${pokeTimeoutMs / 60_000}) later: set ` +
    `${scheduleVariable(own.dag.id)} to a later time, or raise POKE_TIMEOUT_MIN`;
}

/** The next run of each DAG in local time, as lines for people. */
export function formatNextRuns(
  dags: readonly ScheduledDag[],
  now: Temporal.Instant,
  timeZone: string,
): string {
  const lines = dags.map(({ dag, schedule, catchup }) => {
    const next = schedule.next(now).at.toZonedDateTimeISO(timeZone).toPlainDateTime()
      .toString({ smallestUnit: "minute" }).replace("T", " ");
    return formatLine(dag.id, schedule.text, catchup, next);
  });
  return [formatLine("DAG", "schedule", "catch-up", `next run (${timeZone})`), ...lines].join("\n");
}

function formatLine(id: string, schedule: string, catchup: string, next: string): string {
  return `${id.padEnd(30)} ${schedule.padEnd(15)} ${catchup.padEnd(9)} ${next}`;
}

/** A DAG with the times at which it runs. */
export interface ScheduledDag {
  readonly dag: Dag;
  readonly schedule: Schedule;
  /** What becomes of dates that nobody has tried: see `due`. */
  readonly catchup: Catchup;
  /** Days that `all` goes back at most. */
  readonly catchupMaxDays: number;
}

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
