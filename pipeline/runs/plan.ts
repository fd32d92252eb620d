import { readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { inRunOrder } from "../../lib/dag/downstream.ts";
import type { DagOutcome, TaskOutcome } from "../../lib/dag/outcome.ts";
import { warningsOf } from "../../lib/dag/warnings.ts";
import { startLiveProgress } from "../../lib/log/live_progress.ts";
import { formatProse } from "../../lib/log/prose.ts";
import { readAttempts } from "../../lib/run_log/attempts.ts";
import { dryRunDays, type PlannedDay } from "../../lib/runner/dry_run.ts";
import { readsAmo } from "../../lib/script/dag_command.ts";
import { chooseDates, type DateFlags } from "../../lib/script/dates.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { openRunLog } from "../../lib/script/read_only.ts";
import { listenForStop } from "../../lib/stop_signal.ts";
import { findOpenDays } from "./backfill.ts";
import { type Paint, paintForStdout } from "./look.ts";
import { createSubcommand, type Subcommand } from "./subcommand.ts";

/** `runs plan`: what would run, what would be pulled, and what that would change. */
export const planCommand: Subcommand = (dags, act) =>
  createSubcommand("plan", "Shows what would run, and what it would change, and writes nothing", [
    "plan",
    "plan --date 2026-05-03",
    "plan --from 2026-05-01 --to 2026-05-03",
  ])
    .option("--date <date>", "logical date: YYYY-MM-DD, today or yesterday (default: today)")
    .option("--from <date>", "the first of several dates")
    .option("--to <date>", "the last of them (default: today)")
    .action(act(async (flags: DateFlags) => {
      const dates = chooseDates(flags, readConfig(undefined, { amo: false }).businessTz);
      const config = readConfig(undefined, { amo: dags.some(readsAmo) });
      using progress = startLiveProgress();
      using stop = listenForStop();
      await using warehouse = await openRunLog(config, progress.writeLine);
      const attempts = await readAttempts(warehouse.sql, {
        from: String(dates[0]),
        to: String(dates.at(-1)),
      });
      const days = await dryRunDays(findOpenDays(inRunOrder(dags), dates, attempts), {
        warehouse,
        config,
        report: progress.report,
        signal: stop.signal,
      });
      console.log(formatPlan(days, dags, paintForStdout()));
      const isGood = days.every(({ outcomes }) =>
        outcomes.every(({ status }) => status === "dry run")
      );
      return isGood ? EXIT_CODE.done : EXIT_CODE.failed;
    }));

const TASK_WIDTH = 32;

/** What would run on each date, in order, with what each task would read and write; and the sums of all. */
export function formatPlan(
  days: readonly PlannedDay[],
  dags: readonly Dag[],
  paint: Paint,
): string {
  const open = days.filter(({ outcomes }) => outcomes.length > 0);
  return [
    ...days.map((day) => formatDay(day, dags, paint)),
    ...open.length === 0 ? [] : [formatSums(open.flatMap(({ outcomes }) => outcomes))],
  ].join("\n\n");
}

function formatDay({ date, outcomes }: PlannedDay, dags: readonly Dag[], paint: Paint): string {
  const head = paint("strong", `${date}`);
  if (outcomes.length === 0) return `${head}: nothing to run, all has succeeded`;
  const lines = outcomes.flatMap((outcome, i) => {
    const dag = dags.find(({ id }) => id === outcome.dagId);
    return [
      `${String(i + 1).padStart(2)}. ${outcome.dagId}`,
      ...outcome.tasks.flatMap((task) => formatTask(task, dag, paint)),
    ];
  });
  return [`${head}: ${outcomes.length} of ${dags.length} DAGs would run`, ...lines].join("\n");
}

function formatTask(task: TaskOutcome, dag: Dag | undefined, paint: Paint): string[] {
  const pulls = dag?.tasks.find(({ id }) => id === task.taskId)?.pulls;
  const id = `    ${task.taskId.padEnd(TASK_WIDTH)}`;
  if (task.status === "upstream_failed") return [`${id}${paint("blocked", "could not run")}`];
  if (task.status === "failed") {
    return [`${id}${paint("bad", "would fail")}`, formatProse(task.error ?? "", "      ")];
  }
  return [
    `${id}${describeRows(task)}`.trimEnd(),
    ...pulls === undefined ? [] : [formatProse(`pulls ${pulls}`, "      ")],
    ...describeVersions(task),
    ...warningsOf(task.metrics ?? {}).map(({ name, value }) => `      ${name} = ${value}`),
  ];
}

function describeRows({ metrics }: TaskOutcome): string {
  const { rows_read: read, rows_written: written } = metrics ?? {};
  return [
    typeof read === "number" ? `reads ${format(read)}` : null,
    typeof written === "number" ? `writes ${format(written)}` : null,
  ].filter((text) => text !== null).join(", ");
}

function describeVersions({ metrics }: TaskOutcome): string[] {
  const opened = metrics?.versions_opened;
  const closed = metrics?.versions_closed;
  if (typeof opened !== "number" || typeof closed !== "number") return [];
  return [`      versions: ${format(opened)} to open, ${format(closed)} to close`];
}

function formatSums(outcomes: readonly DagOutcome[]): string {
  const sum = (name: string) =>
    outcomes.flatMap(({ tasks }) => tasks)
      .map(({ metrics }) => metrics?.[name])
      .filter((value) => typeof value === "number")
      .reduce((total, value) => total + value, 0);
  return `In all, ${format(sum("versions_opened"))} versions would open and ` +
    `${format(sum("versions_closed"))} close; ${
      format(sum("rows_written"))
    } rows would be written\n` +
    "Nothing was written: all of it was rolled back";
}

function format(number: number): string {
  return number.toLocaleString("en");
}
