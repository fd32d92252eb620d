import type { ISql } from "postgres";
import { type Config, ConfigError, readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import { attemptLogFile, dagLogFile, TAIL_LINES } from "../../lib/log/log_file.ts";
import { mayReadLogs, pathOf, readLines } from "../../lib/log/read_lines.ts";
import { asTyped } from "../../lib/log/typed_commands.ts";
import { type Attempt, readAttempts, withoutControls } from "../../lib/run_log/attempts.ts";
import { type LogTail, readLogTails } from "../../lib/run_log/log_tails.ts";
import { parseLogicalDate } from "../../lib/script/dates.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { openMigratedWarehouse } from "../../lib/script/read_only.ts";
import { lookOf, type Paint, paintForStdout } from "../../lib/script/look.ts";
import { createRunSubcommand, type Subcommand } from "./subcommand.ts";

/**
 * The log lines of a DAG for a date: those of its runs, then those of each attempt, from their files or else
 * from the run log; each says which.
 *
 * Throws `ConfigError` when this program may not read `LOG_DIR`.
 */
export async function readLogs(
  sql: ISql,
  { logDir }: Pick<Config, "logDir">,
  run: { readonly dag: Dag; readonly date: string; readonly attempts: readonly Attempt[] },
  paint: Paint,
): Promise<string> {
  requireRight(logDir);
  const kept = await readLogTails(sql, run.dag.id, run.date);
  const dagFile = dagLogFile(logDir, run.dag.id, run.date);
  const dagText = await readLines(dagFile);
  const blocks = dagText === null
    ? []
    : [formatBlock(paint("strong", "around the tasks"), `from ${pathOf(dagFile)}`, dagText)];
  for (const attempt of run.attempts) {
    blocks.push(await formatAttempt(attempt, logDir, kept, paint));
  }
  if (blocks.length > 0) return blocks.join("\n\n");
  return `No line was kept of ${run.dag.id} of ${run.date}: why it has not run says\n` +
    asTyped(`  deno task runs explain ${run.dag.id} ${run.date}`);
}

async function formatAttempt(
  attempt: Attempt,
  logDir: string,
  kept: readonly LogTail[],
  paint: Paint,
): Promise<string> {
  const { style, label } = lookOf(attempt.status);
  const title = `${paint("strong", `${attempt.task_id}, attempt ${attempt.attempt}`)}: ${
    paint(style, label)
  }`;
  const file = attemptLogFile(logDir, {
    dagId: attempt.dag_id,
    taskId: attempt.task_id,
    logicalDate: attempt.logical_date,
    attempt: attempt.attempt,
  });
  const text = await readLines(file);
  if (text !== null) return formatBlock(title, `from ${pathOf(file)}`, text);
  const tail = kept.find(({ task_id, attempt: number }) =>
    task_id === attempt.task_id && number === attempt.attempt
  );
  if (!tail) return formatBlock(title, "no lines here, and none in the run log", "");
  const place = `from the run log, which keeps the last ${TAIL_LINES} of a failure`;
  return formatBlock(title, place, tail.log_tail);
}

function formatBlock(title: string, place: string, text: string): string {
  return [`== ${title}`, `   ${place}`, ...text === "" ? [] : [withoutControls(text.trimEnd())]]
    .join("\n");
}

function requireRight(logDir: string): void {
  if (mayReadLogs(logDir)) return;
  throw new ConfigError(
    `Cannot read LOG_DIR "${logDir}": this program may not read there, expected a folder below logs: ` +
      `or start it with deno run -q --no-prompt -P=pipeline --allow-read=.,${logDir} pipeline/runs.ts (docs/permissions.md)`,
  );
}

/** `runs logs`: the log lines of each attempt of a DAG for a date. */
export const logsCommand: Subcommand = (dags, act) =>
  createRunSubcommand("logs", "Shows the log lines of each attempt of a DAG for a date", [
    "logs daily_amocrm_load_leads",
    "logs daily_amocrm_load_leads yesterday | less",
  ])
    .action(act(async (id: string, dateText: string) => {
      const config = readConfig(undefined, { amo: false });
      const dag = findDag(dags, id);
      const date = parseLogicalDate(dateText, config.businessTz).toString();
      await using warehouse = await openMigratedWarehouse(config);
      const attempts = await readAttempts(warehouse.sql, { from: date, to: date, dagId: dag.id });
      console.log(
        await readLogs(warehouse.sql, config, { dag, date, attempts }, paintForStdout()),
      );
      return EXIT_CODE.done;
    }));
