import { getLogger } from "@logtape/logtape";
import type { ISql } from "postgres";
import { z } from "zod";
import { type DagOutcome, statusWords } from "../../lib/dag/outcome.ts";
import type { ScheduledDag } from "../../lib/dag/scheduled_dags.ts";
import { errorText } from "../../lib/log/error_text.ts";
import { freeDeadClaims } from "../../lib/run_log/claims.ts";
import { readTaskStates } from "../../lib/run_log/task_states.ts";
import type { RunOptions } from "../../lib/runner/run.ts";
import { runDag } from "../../lib/runner/runner.ts";
import { StopError } from "../../lib/stop_signal.ts";
import { readClock } from "../../lib/warehouse/clock.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import { due, type DueRun, firstDateNeeded, type RunLogView } from "./due.ts";

/** What a scheduler works with. The warehouse must be migrated. */
export interface SchedulerOptions
  extends Omit<RunOptions, "logicalDate" | "force" | "waitMs" | "signal" | "drain"> {
  readonly dags: readonly ScheduledDag[];
  /** The time that decides what is due; the database's clock by default, so that machines agree. */
  readonly now?: () => Promise<Temporal.Instant>;
  /** After each run of a DAG that this scheduler has claimed; what it throws is only logged. */
  readonly onDagEnd?: (outcome: DagOutcome, date: Temporal.PlainDate) => Promise<void>;
  /** After each heartbeat that has reached the warehouse; what it throws is only logged. */
  readonly onBeat?: (now: Temporal.Instant) => Promise<void>;
}

/** Runs DAGs when they are due, beside any number of others on one warehouse. */
export interface Scheduler {
  /** Claims what is due and starts it, without waiting for its end; one beat comes after the other. */
  beat(): Promise<void>;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  /** How many runs it is on. */
  readonly running: number;
  /**
   * Starts nothing more, ends what waits at once and what runs after `graceMs` milliseconds; the claims of
   * both are released. Resolves when everything has ended.
   */
  stop(reason: StopError, graceMs: number): Promise<void>;
}

const log = getLogger(["scheduler"]);

/** Creates a scheduler, which does nothing until its first beat. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const running = new Map<string, Promise<void>>();
  const drain = new AbortController();
  const end = new AbortController();
  const beats = { isOn: false, isWanted: false };

  const start = (run: DueRun) => {
    const name = `${run.dag.id} of ${run.date}`;
    if (running.has(name)) return;
    log.info("{run} is due", { run: name });
    const ended = runOne(options, run, { signal: end.signal, drain: drain.signal })
      .then((outcome) => {
        running.delete(name);
        // Its end may let others go: no need to wait for the next minute.
        if (outcome?.status === "success") return beat();
      });
    running.set(name, ended);
  };

  async function beat(): Promise<void> {
    beats.isWanted = true;
    if (beats.isOn) return;
    beats.isOn = true;
    while (beats.isWanted && !drain.signal.aborted) {
      beats.isWanted = false;
      await beatOnce(options, start, drain.signal);
    }
    beats.isOn = false;
  }

  const idle = async () => {
    while (running.size > 0) await Promise.all(running.values());
  };

  return {
    beat,
    idle,
    get running() {
      return running.size;
    },
    async stop(reason, graceMs) {
      log.info("{reason}: waiting up to {seconds} s for the runs in progress: {runs}", {
        reason: reason.message,
        runs: running.size,
        seconds: graceMs / 1000,
      });
      drain.abort(reason);
      const timer = setTimeout(() => end.abort(reason), graceMs);
      await idle();
      clearTimeout(timer);
    },
  };
}

async function beatOnce(
  options: SchedulerOptions,
  start: (run: DueRun) => void,
  drain: AbortSignal,
): Promise<void> {
  try {
    const now = await (options.now ?? (() => readClock(options.warehouse.sql)))();
    const runs = await findDue(options, now);
    if (!drain.aborted) runs.forEach(start);
    await attempt("what follows a heartbeat", () => options.onBeat?.(now));
  } catch (error) {
    // The next minute asks again: the warehouse may be away.
    log.error("The heartbeat failed: {error}", { error: errorText(error) });
  }
}

/** Runs one DAG for one date; null when not even the run log could be reached. */
async function runOne(
  options: SchedulerOptions,
  { dag, date }: DueRun,
  signals: { readonly signal: AbortSignal; readonly drain: AbortSignal },
): Promise<DagOutcome | null> {
  try {
    const outcome = await runDag(dag, {
      ...options,
      ...signals,
      logicalDate: date,
      // At least one look, or a run that is not ready would never be written down.
      waitMs: Math.max(options.config.pokeTimeoutMs, 1),
    });
    if (outcome.status === "already_running" || outcome.status === "done") return outcome;
    log.info("{dag} of {date} ended: {status}", {
      dag: dag.id,
      date: date.toString(),
      status: statusWords(outcome.status),
    });
    await attempt("what follows a run", () => options.onDagEnd?.(outcome, date));
    return outcome;
  } catch (error) {
    log.error("{dag} of {date} could not be run: {error}", {
      dag: dag.id,
      date: date.toString(),
      error: errorText(error),
    });
    return null;
  }
}

/** A message that cannot be sent must not stop the work. */
async function attempt(what: string, work: () => Promise<void> | undefined): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error("Cannot do {what}: {error}", { what, error: errorText(error) });
  }
}

async function findDue(
  { warehouse, worker, dags, config: { businessTz } }: SchedulerOptions,
  now: Temporal.Instant,
): Promise<readonly DueRun[]> {
  const freed = await freeDeadClaims(warehouse, worker);
  if (freed.length > 0) {
    log.warn("Freed the claims of dead workers: {tasks}", { tasks: freed.join(", ") });
  }
  return due(dags, await readRunLog(warehouse.sql, dags, now, businessTz), now, businessTz);
}

const firstDates = z.array(z.object({ dag_id: z.string(), first_date: z.string() }));

async function readRunLog(
  sql: ISql,
  dags: readonly ScheduledDag[],
  now: Temporal.Instant,
  timeZone: string,
): Promise<RunLogView> {
  const from = firstDateNeeded(dags, now, timeZone);
  const to = now.toZonedDateTimeISO(timeZone).toPlainDate();
  const states = await readTaskStates(sql, from.toString(), to.toString());
  const rows = firstDates.parse([...await querySqlFile(sql, "ops/list_first_dates.sql", [])]);
  return {
    states,
    firstDates: new Map(rows.map(({ dag_id, first_date }) => [dag_id, first_date])),
  };
}
