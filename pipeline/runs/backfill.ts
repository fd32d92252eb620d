import { runDaily } from "../../lib/runner/daily_run.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { formatOutcomes } from "../../lib/script/outcome_table.ts";
import type { RunOptions } from "../../lib/runner/run.ts";
import type { DagOutcome } from "../../lib/dag/outcome.ts";
import type { Attempt } from "../../lib/run_log/attempts.ts";
import { dagRunOf } from "../../lib/run_log/dag_run.ts";
import { formatDuration } from "../../lib/runs/duration.ts";
import { exitCodeOfRetry } from "../../lib/runs/retry.ts";

/** The DAGs that have not succeeded for a date, in their order. */
export interface OpenDay {
  readonly date: Temporal.PlainDate;
  readonly dags: readonly Dag[];
}

/** What of `dags` is still to be run on each date. */
export function findOpenDays(
  dags: readonly Dag[],
  dates: readonly Temporal.PlainDate[],
  attempts: readonly Attempt[],
): OpenDay[] {
  const byDate = Map.groupBy(attempts, ({ logical_date }) => logical_date);
  return dates.map((date) => {
    const ofDate = byDate.get(date.toString()) ?? [];
    const isOpen = (dag: Dag) => dagRunOf(dag, date.toString(), ofDate).status !== "success";
    return { date, dags: dags.filter(isOpen) };
  });
}

/** The list of what a backfill would run: a line per date, and one per DAG when it is not all of them. */
export function formatOpenDays(days: readonly OpenDay[], dags: readonly Dag[]): string {
  return days.flatMap(({ date, dags: open }) => {
    if (open.length === 0) return [`${date}  done`];
    if (open.length === dags.length && dags.length > 1) return [`${date}  all ${open.length} DAGs`];
    return open.map(({ id }, i) => `${i === 0 ? date : " ".repeat(10)}  ${id}`);
  }).join("\n");
}

export interface BackfillOptions {
  readonly run: Omit<RunOptions, "logicalDate">;
  readonly dags: readonly Dag[];
  /** Goes on with the next date after one that did not succeed. */
  readonly continues: boolean;
  /** A line about what has just happened. */
  readonly tell: (text: string) => void;
}

/**
 * Runs the dates one after the other and returns the exit code of the first that did not succeed. What has
 * succeeded stays, so the same backfill goes on where it was left.
 */
export async function runBackfill(
  days: readonly OpenDay[],
  { run, dags, continues, tell }: BackfillOptions,
): Promise<number> {
  const open = days.filter((day) => day.dags.length > 0);
  let code: number = EXIT_CODE.done;
  for (const [i, day] of open.entries()) {
    const startedMs = performance.now();
    const outcomes = await runDaily(dags, { ...run, logicalDate: day.date }, day.dags);
    const seconds = (performance.now() - startedMs) / 1000;
    const codeOfDay = exitCodeOfRetry(outcomes);
    tell(
      `${day.date}  ${summarize(outcomes)} in ${formatDuration(seconds)} (${
        i + 1
      } of ${open.length})`,
    );
    if (codeOfDay === EXIT_CODE.done) continue;
    tell(formatOutcomes(outcomes));
    if (code === EXIT_CODE.done) code = codeOfDay;
    if (!continues || run.signal?.aborted) {
      tell(`Stopped at ${day.date}: the same command goes on from there`);
      return code;
    }
  }
  return code;
}

function summarize(outcomes: readonly DagOutcome[]): string {
  const good = outcomes.filter(({ status }) => status === "success" || status === "done").length;
  const rows = outcomes.flatMap(({ tasks }) => tasks)
    .map(({ metrics }) => metrics?.rows_written)
    .filter((written) => typeof written === "number")
    .reduce((sum, written) => sum + written, 0);
  return `${good} of ${outcomes.length} DAGs succeeded, ${rows.toLocaleString("en")} rows written`;
}
