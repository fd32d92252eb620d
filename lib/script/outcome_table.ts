import { type DagOutcome, statusWords, type TaskOutcome } from "../dag/outcome.ts";
import { formatProse } from "../log/prose.ts";
import { asTyped } from "../log/typed_commands.ts";
import { warningsOf } from "../dag/warnings.ts";

/**
 * The closing table of a run for a date, 80 columns wide. Below it the sentences of what did not succeed, and last the
 * warnings of what did.
 *
 * One line per DAG (its seconds are the sum of its tasks) and, indented, one per task.
 */
export function formatOutcomes(
  outcomes: readonly DagOutcome[],
  date: Temporal.PlainDate,
): string {
  return [
    formatLine("DAG and task", "status", "rows", "seconds"),
    ...outcomes.flatMap(formatDag),
    ...formatProblems(outcomes),
    ...formatWarnings(outcomes, date),
  ].join("\n");
}

function formatDag(dag: DagOutcome): string[] {
  const seconds = dag.tasks.some((task) => task.seconds !== null)
    ? dag.tasks.reduce((sum, task) => sum + (task.seconds ?? 0), 0).toFixed(1)
    : "-";
  return [
    formatLine(dag.dagId, statusWords(dag.status), "", seconds),
    ...dag.tasks.map((task) =>
      formatLine(
        `  ${task.taskId}`,
        statusWords(task.status),
        formatRows(task),
        task.seconds?.toFixed(1) ?? "-",
      )
    ),
  ];
}

function formatRows(task: TaskOutcome): string {
  return task.rows === null ? "-" : task.rows.toLocaleString("en");
}

function formatLine(name: string, status: string, rows: string, seconds: string): string {
  return `${name.padEnd(38)} ${status.padEnd(15)} ${rows.padStart(12)} ${seconds.padStart(9)}`;
}

/** Each failure once, the roots first; what only waited for them is one line. */
function formatProblems(outcomes: readonly DagOutcome[]): string[] {
  const failures = outcomes.flatMap((dag) =>
    dag.tasks.filter(({ status }) => status === "failed").map((task) => ({
      name: `${dag.dagId}.${task.taskId}`,
      error: task.error ?? "see the log",
    }))
  );
  const byError = Map.groupBy(failures, ({ error }) => error);
  const refused = outcomes.filter(({ status }) => status === "upstream_failed");
  const others = outcomes.filter(({ status }) =>
    !["success", "done", "upstream_failed"].includes(status)
  );
  const problems = [
    ...[...byError].map(([error, tasks]) => formatFailure(error, tasks.map(({ name }) => name))),
    ...others.flatMap(({ message }) => message ?? []),
    ...formatRefused(refused),
  ];
  return problems.length === 0 ? [] : ["", ...problems];
}

function formatFailure(error: string, names: readonly string[]): string {
  const [only] = names;
  if (names.length === 1) return `${only} failed: ${error}`;
  return [`${names.length} tasks failed: ${error}`, ...names.map((name) => `  ${name}`)].join("\n");
}

function formatRefused(refused: readonly DagOutcome[]): string[] {
  if (refused.length < 2) return refused.flatMap(({ message }) => message ?? []);
  const names = refused.map(({ dagId }) => dagId).join(", ");
  return [
    formatProse(
      `${refused.length} DAGs did not run, since what they wait for failed: ${names}`,
      "",
    ),
  ];
}

/** Of this run alone: those of a task that was done before were shown when it was. */
function formatWarnings(outcomes: readonly DagOutcome[], date: Temporal.PlainDate): string[] {
  const warned = outcomes.flatMap((dag) => {
    const warnings = dag.tasks.filter((task) => task.status === "success")
      .flatMap((task) =>
        warningsOf(task.metrics ?? {}).map(({ name, value }) =>
          `Warning: ${dag.dagId}.${task.taskId} reports ${name} = ${value}`
        )
      );
    return warnings.length === 0 ? [] : [{ dagId: dag.dagId, warnings }];
  });
  if (warned.length === 0) return [];
  return [
    "",
    ...warned.flatMap(({ warnings }) => warnings),
    // Nothing has failed, so nobody would look for it.
    asTyped("Next: deno task check-data; what was met:"),
    ...warned.map(({ dagId }) => asTyped(`  deno task runs logs ${dagId} ${date}`)),
  ];
}
