import type { Dag, Task } from "../dag/dag.ts";
import type { DagOutcome, TaskOutcome } from "../dag/outcome.ts";
import { warningsOf } from "../dag/warnings.ts";
import { formatProse } from "../log/prose.ts";
import type { PlannedDay } from "../runner/dry_run.ts";
import type { Paint } from "./look.ts";

const TASK_WIDTH = 32;

/**
 * What would run on each date, in order, with what each task would read and write; and the sums of all. `full` when
 * it would read everything.
 */
export function formatPlan(
  days: readonly PlannedDay[],
  dags: readonly Dag[],
  paint: Paint,
  full: boolean = false,
): string {
  const open = days.filter(({ outcomes }) => outcomes.length > 0);
  return [
    ...days.map((day) => formatDay(day, dags, paint, full)),
    ...open.length === 0 ? [] : [formatSums(open.flatMap(({ outcomes }) => outcomes))],
  ].join("\n\n");
}

function formatDay(
  { date, outcomes }: PlannedDay,
  dags: readonly Dag[],
  paint: Paint,
  full: boolean,
): string {
  const head = paint("strong", `${date}`);
  if (outcomes.length === 0) return `${head}: nothing to run, all has succeeded`;
  const lines = outcomes.flatMap((outcome, i) => {
    const dag = dags.find(({ id }) => id === outcome.dagId);
    return [
      `${String(i + 1).padStart(2)}. ${outcome.dagId}`,
      ...outcome.message === null ? [] : [formatProse(outcome.message, "    ")],
      ...outcome.tasks.flatMap((task) =>
        formatTask(task, pullsOf(dag?.tasks.find(({ id }) => id === task.taskId), full), paint)
      ),
    ];
  });
  return [`${head}: ${outcomes.length} of ${dags.length} DAGs would run`, ...lines].join("\n");
}

function pullsOf(task: Task | undefined, full: boolean): string | undefined {
  return (full ? task?.pullsInFull : undefined) ?? task?.pulls;
}

function formatTask(task: TaskOutcome, pulls: string | undefined, paint: Paint): string[] {
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
