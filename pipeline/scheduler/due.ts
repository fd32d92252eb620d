import type { Dag } from "../../lib/dag/dag.ts";
import type { Slot } from "../../lib/dag/schedule.ts";
import type { ScheduledDag } from "../../lib/dag/scheduled_dags.ts";
import { type DagState, dagStateOf } from "../../lib/run_log/dag_state.ts";
import type { TaskState } from "../../lib/run_log/task_states.ts";
import { decide } from "../../lib/run_log/upstreams.ts";

/** What the run log knows. */
export interface RunLogView {
  /** How each task stands, for the dates from `firstDateNeeded` on. */
  readonly states: readonly TaskState[];
  /** The first date that each DAG was ever tried for, YYYY-MM-DD by DAG id. */
  readonly firstDates: ReadonlyMap<string, string>;
}

/** A run to claim now. */
export interface DueRun {
  readonly dag: Dag;
  readonly date: Temporal.PlainDate;
}

/** Days for which a run that was begun and cut off is taken up again, whatever the policy. */
const RESUME_DAYS = 7;

/** So long after its slot a date is still due once its day has ended: 23:59 must not be lost to a busy minute. */
const LATE_MINUTES = 60;

/**
 * Which runs to claim at `now`, at most one date of each DAG: the oldest.
 *
 * A date is due from its slot on. One that nobody has tried is due on its own day under every policy; when
 * that day has passed unused, `none` lets it go, `last` takes the newest such date and `all` each of them,
 * back to the DAG's first run or `catchupMaxDays`. A run that was cut off is due again for a week, and so is
 * one that its upstreams refused, once they have all succeeded. A failed run is not: its retries are spent.
 */
export function due(
  dags: readonly ScheduledDag[],
  runLog: RunLogView,
  now: Temporal.Instant,
  timeZone: string,
): readonly DueRun[] {
  const byDate = Map.groupBy(runLog.states, ({ logical_date }) => logical_date);
  return dags.flatMap((scheduled) => {
    const date = dueDate(scheduled, byDate, runLog.firstDates, now, timeZone);
    return date ? [{ dag: scheduled.dag, date }] : [];
  });
}

/** The first date whose states `due` has to know. */
export function firstDateNeeded(
  dags: readonly ScheduledDag[],
  now: Temporal.Instant,
  timeZone: string,
): Temporal.PlainDate {
  return today(now, timeZone).subtract({ days: Math.max(...dags.map(daysBack)) });
}

function daysBack({ catchup, catchupMaxDays }: ScheduledDag): number {
  return catchup === "none" ? RESUME_DAYS : Math.max(RESUME_DAYS, catchupMaxDays);
}

function today(now: Temporal.Instant, timeZone: string): Temporal.PlainDate {
  return now.toZonedDateTimeISO(timeZone).toPlainDate();
}

function dueDate(
  scheduled: ScheduledDag,
  byDate: ReadonlyMap<string, readonly TaskState[]>,
  firstDates: ReadonlyMap<string, string>,
  now: Temporal.Instant,
  timeZone: string,
): Temporal.PlainDate | null {
  const { dag, schedule } = scheduled;
  const end = today(now, timeZone);
  const slots = schedule.slots(end.subtract({ days: daysBack(scheduled) }), end)
    .filter(({ at }) => Temporal.Instant.compare(at, now) <= 0);
  const fresh = freshSlots(scheduled, slots, firstDates.get(dag.id), now, end);
  for (const slot of slots) {
    const { date } = slot;
    const states = byDate.get(date.toString()) ?? [];
    const state = dagStateOf(dag, states);
    const takesPart = isBegun(state) || fresh.includes(slot);
    // One date of a DAG after the other: a later one begins when the earlier has ended.
    if (takesPart && state === "active") return null;
    if (takesPart && isReady(dag, state, states, date, timeZone)) return date;
  }
  return null;
}

function isBegun(state: DagState): boolean {
  return state === "active" || state === "cut off" || state === "refused";
}

function isReady(
  dag: Dag,
  state: DagState,
  states: readonly TaskState[],
  date: Temporal.PlainDate,
  timeZone: string,
): boolean {
  if (state === "refused") return decide(dag, states, date.toString(), timeZone).kind === "ready";
  return state === "untouched" || state === "cut off";
}

/** The slots whose dates may be run although nobody has tried them. */
function freshSlots(
  { catchup, catchupMaxDays }: ScheduledDag,
  slots: readonly Slot[],
  firstDate: string | undefined,
  now: Temporal.Instant,
  end: Temporal.PlainDate,
): readonly Slot[] {
  const justNow = now.subtract({ minutes: LATE_MINUTES });
  const own = slots.filter(({ date, at }) =>
    date.equals(end) || Temporal.Instant.compare(at, justNow) > 0
  );
  // Before its first run there was nothing to miss.
  if (catchup === "none" || firstDate === undefined) return own;
  const oldest = end.subtract({ days: catchupMaxDays });
  const missed = slots.filter(({ date }) =>
    Temporal.PlainDate.compare(date, firstDate) >= 0 &&
    Temporal.PlainDate.compare(date, oldest) >= 0
  );
  return [...own, ...(catchup === "last" ? missed.slice(-1) : missed)];
}
