import type { Dag } from "../../lib/dag/dag.ts";
import { formatLocalTime } from "../../lib/log/time_text.ts";
import type { Attempt } from "../../lib/run_log/attempts.ts";
import { dagRunOf } from "../../lib/run_log/dag_run.ts";
import { formatDuration } from "../../lib/runs/duration.ts";
import type { Paint } from "./look.ts";
import { formatProse } from "../../lib/log/prose.ts";
import { lookOf } from "../../lib/runs/status.ts";

/** Everything that the run log knows of a DAG for a date: one block for each attempt. */
export function formatRun(
  dag: Dag,
  date: Temporal.PlainDate,
  attempts: readonly Attempt[],
  view: { readonly timeZone: string; readonly paint: Paint },
): string {
  const { style, label } = lookOf(dagRunOf(dag, date.toString(), attempts).status);
  const blocks = attempts.map((attempt) => formatAttempt(attempt, view));
  return [
    `${view.paint("strong", `${dag.id} of ${date}`)}: ${view.paint(style, label)}\n` +
    `${formatProse(dag.description, "")}\nSchedule ${dag.schedule} (${view.timeZone})`,
    ...blocks.length > 0 ? blocks : [`Why:\n  deno task runs explain ${dag.id} ${date}`],
  ].join("\n\n");
}

function formatAttempt(
  attempt: Attempt,
  { timeZone, paint }: { readonly timeZone: string; readonly paint: Paint },
): string {
  const { task_id, attempt: number, status, seconds, finished_at, rows_read, rows_written } =
    attempt;
  const duration = `${finished_at ? "after" : "for"} ${formatDuration(seconds)}`;
  const { style, label } = lookOf(status);
  const cancelled = attempt.cancel_requested_at;
  return [
    `${paint("strong", task_id)}, attempt ${number}: ${paint(style, label)} ${duration}`,
    formatFact("began", formatLocalTime(attempt.started_at, timeZone)),
    finished_at ? formatFact("ended", formatLocalTime(finished_at, timeZone)) : [],
    formatFact("worker", attempt.worker),
    rows_read === null ? [] : formatFact("read", formatRows(rows_read)),
    rows_written === null ? [] : formatFact("wrote", formatRows(rows_written)),
    Object.entries(attempt.metrics ?? {}).map(([name, value], i) =>
      formatFact(i === 0 ? "metrics" : "", `${name} = ${value ?? "null"}`)
    ),
    cancelled ? formatFact("cancel", `asked for at ${formatLocalTime(cancelled, timeZone)}`) : [],
    attempt.reason === null ? [] : formatFact("reason", attempt.reason),
    attempt.error === null ? [] : [formatFact("error", ""), formatProse(attempt.error, "    ")],
  ].flat(2).join("\n");
}

function formatFact(name: string, value: string): string {
  return `  ${name.padEnd(8)} ${value}`.trimEnd();
}

function formatRows(rows: number): string {
  return `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`;
}
