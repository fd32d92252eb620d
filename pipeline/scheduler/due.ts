import type { Dag } from "../../lib/dag/dag.ts";
import type { Slot } from "../../lib/dag/schedule.ts";
import type { ScheduledDag } from "../../lib/dag/scheduled_dags.ts";
import { dagRunOf, type Progress, progressOf } from "../../lib/run_log/dag_run.ts";
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

/** Days for which a run that was begun and cut off, or has become stale, is taken up again under any policy. */
const RESUME_DAYS = 7;

/** So long after its slot a date is still due once its day has ended: 23:59 must not be lost to a busy minute. */
const LATE_MINUTES = 60;

/**
 * Which runs to claim at `now`, at most one date of each DAG: the oldest.
 *
 * A date is due from its slot on. One that nobody has tried is due on its own day under every policy; when
 * that day has passed unused, `none` lets it go, `last` takes the newest such date and `all` each of them,
 * back to the DAG's first run or `catchupMaxDays`. A run that was cut off is due again for a week, and so is
 * one that its upstreams refused, once they have all succeeded, and one whose success is stale, once nobody has
 * to run what it waits for before. A failed run is not: its retries are spent. A DAG that follows another one
 * begins when nobody is on that.
 */
export function due(
  dags: readonly ScheduledDag[],
  runLog: RunLogView,
  now: Temporal.Instant,
  timeZone: string,
): readonly DueRun[] {
  const byDate = Map.groupBy(runLog.states, ({ logical_date }) => logical_date);
  return dags.flatMap((scheduled) => {
    const date = dueDate(scheduled, { dags, byDate, firstDates: runLog.firstDates, now, timeZone });
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

interface Situation {
  readonly dags: readonly ScheduledDag[];
  readonly byDate: ReadonlyMap<string, readonly TaskState[]>;
  readonly firstDates: ReadonlyMap<string, string>;
  readonly now: Temporal.Instant;
  readonly timeZone: string;
}

function dueDate(scheduled: ScheduledDag, situation: Situation): Temporal.PlainDate | null {
  const { dags, byDate, firstDates, now, timeZone } = situation;
  const { dag, schedule } = scheduled;
  const end = today(now, timeZone);
  const slots = schedule.slots(end.subtract({ days: daysBack(scheduled) }), end)
    .filter(({ at }) => Temporal.Instant.compare(at, now) <= 0);
  const fresh = freshSlots(scheduled, slots, firstDates.get(dag.id), now, end);
  for (const slot of slots) {
    const { date } = slot;
    const states = byDate.get(date.toString()) ?? [];
    const progress = progressOf(dagRunOf(dag, date.toString(), states));
    const isRecent = Temporal.PlainDate.compare(date, end.subtract({ days: RESUME_DAYS })) >= 0;
    const takesPart = progress === "stale" ? isRecent : isBegun(progress) || fresh.includes(slot);
    // One date of a DAG after the other: a later one begins when the earlier has ended.
    if (takesPart && progress === "active") return null;
    if (takesPart && isReady(dag, progress, { dags, states, date, timeZone })) return date;
  }
  return null;
}

function isBegun(progress: Progress): boolean {
  return progress === "active" || progress === "cut off" || progress === "refused";
}

interface Day {
  readonly dags: readonly ScheduledDag[];
  readonly states: readonly TaskState[];
  readonly date: Temporal.PlainDate;
  readonly timeZone: string;
}

function isReady(dag: Dag, progress: Progress, day: Day): boolean {
  switch (progress) {
    case "untouched":
    case "cut off":
      return !isAhead(dag, day);
    case "refused":
      return isLetGo(dag, day);
    case "stale":
      return isLetGo(dag, day) && !waitsForMore(dag, day);
    default:
      return false;
  }
}

function isLetGo(dag: Dag, { states, date, timeZone }: Day): boolean {
  return decide(dag, states, date.toString(), timeZone).kind === "ready";
}

/** Whether the DAG that it follows is being run: what that brings is worth waiting for. */
function isAhead({ follows }: Dag, { dags, states, date }: Day): boolean {
  const before = dags.find(({ dag }) => dag.id === follows?.dag);
  return before !== undefined &&
    progressOf(dagRunOf(before.dag, date.toString(), states)) === "active";
}

/** Whether an upstream is being run or about to be: its end would make the success stale at once. */
function waitsForMore(dag: Dag, { dags, states, date }: Day): boolean {
  return dags.filter(({ dag: { id } }) => dag.waitsFor.some((upstream) => upstream.dag === id))
    .map((upstream) => progressOf(dagRunOf(upstream.dag, date.toString(), states)))
    .some((progress) => progress === "active" || progress === "stale");
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
