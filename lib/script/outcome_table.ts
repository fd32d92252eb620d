import type { DagOutcome, TaskOutcome } from "../dag/outcome.ts";
import { warningsOf } from "../dag/warnings.ts";

/**
 * The closing table of a run, 80 columns wide. Below it the sentences of what did not succeed, and last the
 * warnings of what did.
 *
 * One line per DAG (its seconds are the sum of its tasks) and, indented, one per task.
 */
export function formatOutcomes(outcomes: readonly DagOutcome[]): string {
  return [
    formatLine("DAG and task", "status", "rows", "seconds"),
    ...outcomes.flatMap(formatDag),
    ...formatProblems(outcomes),
    ...formatWarnings(outcomes),
  ].join("\n");
}

function formatDag(dag: DagOutcome): string[] {
  const seconds = dag.tasks.some((task) => task.seconds !== null)
    ? dag.tasks.reduce((sum, task) => sum + (task.seconds ?? 0), 0).toFixed(1)
    : "-";
  return [
    formatLine(dag.dagId, dag.status, "", seconds),
    ...dag.tasks.map((task) =>
      formatLine(`  ${task.taskId}`, task.status, formatRows(task), task.seconds?.toFixed(1) ?? "-")
    ),
  ];
}

function formatRows(task: TaskOutcome): string {
  return task.rows === null ? "-" : task.rows.toLocaleString("en");
}

function formatLine(name: string, status: string, rows: string, seconds: string): string {
  return `${name.padEnd(38)} ${status.padEnd(15)} ${rows.padStart(12)} ${seconds.padStart(9)}`;
}

function formatProblems(outcomes: readonly DagOutcome[]): string[] {
  const problems = outcomes.flatMap((dag) => [
    ...(dag.message && dag.status !== "success" && dag.status !== "done" ? [dag.message] : []),
    ...dag.tasks.filter((task) => task.status === "failed")
      .map((task) => `${dag.dagId}.${task.taskId} failed: ${task.error ?? "see the log"}`),
  ]);
  return problems.length === 0 ? [] : ["", ...problems];
}

/** Of this run alone: those of a task that was done before were shown when it was. */
function formatWarnings(outcomes: readonly DagOutcome[]): string[] {
  const warnings = outcomes.flatMap((dag) =>
    dag.tasks.filter((task) => task.status === "success")
      .flatMap((task) =>
        warningsOf(task.metrics ?? {}).map(({ name, value }) =>
          `Warning: ${dag.dagId}.${task.taskId} reports ${name} = ${value}`
        )
      )
  );
  return warnings.length === 0 ? [] : ["", ...warnings];
}
