import { getLogger } from "@logtape/logtape";
import type { Config } from "../config.ts";
import type { Dag, Task, TaskContext } from "../dag/dag.ts";
import type { ReportProgress } from "../log/live_progress.ts";
import type { Worker } from "../run_log/worker.ts";
import type { Sleep } from "../sleep.ts";
import type { Metrics } from "../warehouse/sql_file.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";

/** What a run needs. The warehouse must be migrated. */
export interface RunOptions {
  readonly warehouse: Warehouse;
  readonly config: Config;
  readonly worker: Worker;
  readonly logicalDate: Temporal.PlainDate;
  /** Run again what has succeeded. */
  readonly force?: boolean;
  /** Tasks that read only what changed read everything. */
  readonly full?: boolean;
  /** Records are marked as deleted however many they are. */
  readonly acceptDeletes?: boolean;
  /** A required column may lose its last value. */
  readonly acceptEmptied?: boolean;
  /** Milliseconds to wait for upstreams, asking each `config.pokeIntervalMs`; 0 by default. */
  readonly waitMs?: number;
  /** Aborting it stops the run: the running task is rolled back and written down as failed. */
  readonly signal?: AbortSignal;
  /** Aborting it lets the running task go on, and ends what waits: for upstreams, a retry or its turn. */
  readonly drain?: AbortSignal;
  /** Whoever runs many DAGs sums up what had nothing to do or was refused: then it is no line each. */
  readonly isSummedUp?: boolean;
  readonly report?: ReportProgress;
  readonly sleep?: Sleep;
  readonly random?: () => number;
}

/** One run of one DAG, as its parts see it. */
export interface Run extends RunOptions {
  readonly dag: Dag;
  readonly runId: string;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly signal: AbortSignal;
  readonly drain: AbortSignal;
  readonly sleep: Sleep;
  readonly random: () => number;
  /** What the tasks of this DAG handed over so far, by task id. */
  readonly handedOver: Map<string, Metrics>;
  readonly query: TaskContext["query"];
}

/** The part of a run that its tasks may see. */
export type RunSeenByTasks =
  & Pick<
    Run,
    | "acceptDeletes"
    | "acceptEmptied"
    | "config"
    | "dag"
    | "date"
    | "full"
    | "handedOver"
    | "logicalDate"
    | "report"
    | "runId"
  >
  & {
    /** As of `TaskContext`. */
    readonly query: TaskContext["query"];
    /** What it writes will be rolled back. */
    readonly dryRun?: boolean;
  };

/** What a task of the run gets to know. */
export function contextOf(run: RunSeenByTasks, task: Task, signal: AbortSignal): TaskContext {
  return {
    config: run.config,
    logicalDate: run.logicalDate,
    runId: run.runId,
    dryRun: run.dryRun ?? false,
    full: run.full ?? false,
    acceptDeletes: run.acceptDeletes ?? false,
    acceptEmptied: run.acceptEmptied ?? false,
    signal,
    log: getLogger(["task", task.id]).with({ dag: run.dag.id, date: run.date }),
    progress: (text) => run.report?.(run.dag.id, task.id, text),
    metricsOf: (taskId) => Promise.resolve(run.handedOver.get(taskId) ?? null),
    query: run.query,
  };
}
