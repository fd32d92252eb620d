import { readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import { withSetSchedules } from "../../lib/dag/scheduled_dags.ts";
import { formatProse } from "../../lib/log/prose.ts";
import { asTyped } from "../../lib/log/typed_commands.ts";
import { formatDuration, formatLocalTime } from "../../lib/log/time_text.ts";
import { type Attempt, readAttempts } from "../../lib/run_log/attempts.ts";
import { dagRunOf } from "../../lib/run_log/dag_run.ts";
import { readTaskStates, type TaskState } from "../../lib/run_log/task_states.ts";
import { parseLogicalDate } from "../../lib/script/dates.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { openMigratedWarehouse } from "../../lib/script/read_only.ts";
import { lookOf, type Paint, paintForStdout } from "../../lib/script/look.ts";
import { createRunSubcommand, type Subcommand } from "./subcommand.ts";

/** Everything that the run log knows of a DAG for a date: one block for each attempt. */
export function formatRun(
  dag: Dag,
  date: Temporal.PlainDate,
  states: readonly TaskState[],
  attempts: readonly Attempt[],
  view: { readonly timeZone: string; readonly paint: Paint },
): string {
  const run = dagRunOf(dag, date.toString(), states);
  const { style, label } = lookOf(run.status);
  const beside = run.hasSuccess && run.status === "failed" ? ", the data of its success stand" : "";
  const blocks = attempts.map((attempt) => formatAttempt(attempt, view));
  return [
    `${view.paint("strong", `${dag.id} of ${date}`)}: ${view.paint(style, label)}${beside}\n` +
    `${formatProse(dag.description, "")}\nSchedule ${dag.schedule} (${view.timeZone})`,
    ...blocks.length > 0 ? blocks : [asTyped(`Why:\n  deno task runs explain ${dag.id} ${date}`)],
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

/** `runs show`: every attempt of a DAG for a date. */
export const showCommand: Subcommand = (dags, act) =>
  createRunSubcommand("show", "Shows every attempt of a DAG for a date", [
    "show daily_load_ods_leads",
    "show daily_load_ods_leads 2026-05-03",
  ])
    .action(act(async (id: string, dateText: string) => {
      const config = readConfig(undefined, { amo: false });
      const dag = findDag(withSetSchedules(dags, config), id);
      const date = parseLogicalDate(dateText, config.businessTz);
      await using warehouse = await openMigratedWarehouse(config);
      const range = { from: date.toString(), to: date.toString(), dagId: dag.id };
      const attempts = await readAttempts(warehouse.sql, range);
      const states = await readTaskStates(warehouse.sql, range.from);
      const view = { timeZone: config.businessTz, paint: paintForStdout() };
      console.log(formatRun(dag, date, states, attempts, view));
      return EXIT_CODE.done;
    }));
