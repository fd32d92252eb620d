import type { Logger } from "@logtape/logtape";
import type { Row, TransactionSql } from "postgres";
import type { Catchup, Config } from "../config.ts";
import type { Metrics, SqlValues } from "../warehouse/sql_file.ts";

/** What a task gets to know about the run it is part of. */
export interface TaskContext {
  readonly config: Config;
  /** The calendar date in `BUSINESS_TZ` that the run is for. */
  readonly logicalDate: Temporal.PlainDate;
  /** One uuid for one run of a DAG: the same for all its tasks, and in each row they land. */
  readonly runId: string;
  /** Read and count as always, but leave nothing behind: `write` will be rolled back. */
  readonly dryRun: boolean;
  /** Asked for by a person (`--full`): read everything, not only what changed. */
  readonly full: boolean;
  /** Asked for by a person (`--accept-deletes`): mark as deleted however many records that are. */
  readonly acceptDeletes: boolean;
  /** Asked for by a person (`--accept-emptied`): a required column may lose its last value. */
  readonly acceptEmptied: boolean;
  /** Aborts when the claim is lost, the time budget is spent or the process is asked to stop. */
  readonly signal: AbortSignal;
  /**
   * Writes lines like `[extract] 42 leads`: the bracket is the first word of the task id and is put
   * there by the log format, so a task says `log.info("{rows} leads", { rows })`.
   */
  readonly log: Logger;
  /** Short live text for the terminal, e.g. "1,250 leads"; goes nowhere when there is none. */
  readonly progress: (text: string) => void;
  /**
   * Metrics of the latest success of a task of this DAG and date, null when there is none: how one
   * task hands over to the next, e.g. the path of a snapshot. On a dry run these are the metrics of
   * the rolled-back task of this same run. Never queries, so it is safe inside `write`.
   */
  metricsOf(taskId: string): Promise<Metrics | null>;
  /**
   * Rows of a file of one statement below sql/: what `prepare` has to know of the warehouse, e.g. a cursor. On a
   * dry run of a warehouse of an older version they are those after its migrations. Not for `write`, which has its
   * transaction: the one connection of the embedded warehouse would wait for itself.
   */
  query(path: string, values: SqlValues): Promise<readonly Row[]>;
}

/** What a task reports; the counts and metrics go into the run log, the log line and the table. */
export interface TaskResult {
  readonly rowsRead?: number;
  readonly rowsWritten?: number;
  readonly metrics: Metrics;
}

/** One step of a DAG. A task without `write` must return its `TaskResult` from `prepare`. */
export interface Task {
  readonly id: string;
  /** What one try reads outside the database, for plans: "every element of AMO_CARS_CATALOG". */
  readonly pulls?: string;
  /** The same for a run with `--full`; a DAG takes that option when one of its tasks has this. */
  readonly pullsInFull?: string;
  /** True when it marks records as deleted; a DAG takes `--accept-deletes` when one of its tasks does. */
  readonly marksDeletions?: boolean;
  /** True when it refuses to empty a required column; a DAG takes `--accept-emptied` when one of its tasks does. */
  readonly guardsColumns?: boolean;
  /** The files below sql/ that `write` runs, in order. */
  readonly sqlFiles?: readonly string[];
  /** Further files below sql/ by which its own code fills tables, so that the lineage knows them. */
  readonly queries?: readonly string[];
  /** Further tries after the first, only for `TransientError`; 0 by default. */
  readonly retries?: number;
  /** Minutes after which one try is cancelled; `TASK_BUDGET_MIN` by default. */
  readonly budgetMinutes?: number;
  /** Work outside the database (HTTP, files): may take long and holds no transaction. */
  prepare?(context: TaskContext): Promise<unknown>;
  /** Work inside the one transaction that also writes the success row. */
  write?(tx: TransactionSql, context: TaskContext, prepared: unknown): Promise<TaskResult>;
  /**
   * After the transaction has ended well, e.g. to remove the snapshot: after the commit, and on a dry
   * run after the rollback. A failure here is only logged.
   */
  afterCommit?(context: TaskContext): Promise<void>;
  /**
   * False when what an earlier success handed over is gone (its snapshot was removed): the task then
   * runs again. Asked only while the DAG as a whole has not succeeded for the date.
   */
  outputStands?(context: TaskContext, metrics: Metrics): Promise<boolean>;
}

/** A success that must be there first, for the same date: of one task, or of all tasks of a DAG. */
export interface Dependency {
  readonly dag: string;
  readonly task?: string;
}

/** Tasks that run one after the other, once a day. */
export interface Dag {
  /** Also the name of its file in pipeline/. */
  readonly id: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** "HH:MM" or five cron fields, in `BUSINESS_TZ`; at most once a day. */
  readonly schedule: string;
  /** What becomes of dates that nobody has run; `CATCHUP` by default. */
  readonly catchup?: Catchup;
  readonly waitsFor: readonly Dependency[];
  /**
   * An order that is no dependency: unless it is set, its slot lies so many minutes after that of another DAG,
   * wherever that was set to, and where both are run for a date it begins when that has ended, well or not.
   */
  readonly follows?: { readonly dag: string; readonly minutes: number };
  readonly tasks: readonly Task[];
}
