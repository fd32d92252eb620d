import { type Config, readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { inRunOrder } from "../../lib/dag/downstream.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import type { DagOutcome } from "../../lib/dag/outcome.ts";
import { asTyped } from "../../lib/log/typed_commands.ts";
import { formatDuration } from "../../lib/log/time_text.ts";
import { findOpenDays, type OpenDay } from "../../lib/run_log/open_days.ts";
import { readTaskStates } from "../../lib/run_log/task_states.ts";
import { runDaily } from "../../lib/runner/daily_run.ts";
import type { RunOptions } from "../../lib/runner/run.ts";
import { readsAmo } from "../../lib/script/dag_command.ts";
import { chooseDates } from "../../lib/script/dates.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { formatOutcomes } from "../../lib/script/outcome_table.ts";
import { openMigratedWarehouse } from "../../lib/script/read_only.ts";
import { openSession } from "../../lib/script/session.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { exitCodeOfRetry } from "./retry.ts";
import { createSubcommand, type Subcommand } from "./subcommand.ts";

/**
 * The list of what a backfill would run: a line per DAG, or one when it is all of them or none; dates one after
 * the other that are alike are one range.
 */
export function formatOpenDays(days: readonly OpenDay[], dags: readonly Dag[]): string {
  const groups: { first: OpenDay; last: OpenDay; lines: readonly string[] }[] = [];
  for (const day of days) {
    const lines = linesOf(day, dags);
    const before = groups.at(-1);
    if (before?.lines.join() === lines.join()) before.last = day;
    else groups.push({ first: day, last: day, lines });
  }
  const names = groups.map(({ first, last }) =>
    first === last ? `${first.date}` : `${first.date} to ${last.date}`
  );
  const width = Math.max(0, ...names.map((name) => name.length));
  return groups.flatMap(({ lines }, i) =>
    lines.map((line, k) => `${(k === 0 ? names[i] ?? "" : "").padEnd(width)}  ${line}`)
  ).join("\n");
}

function linesOf({ dags: open }: OpenDay, dags: readonly Dag[]): readonly string[] {
  if (open.length === 0) return ["done"];
  if (open.length === dags.length && dags.length > 1) return [`all ${open.length} DAGs`];
  return open.map(({ id }) => id);
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
    tell(formatOutcomes(outcomes, day.date));
    if (code === EXIT_CODE.done) code = codeOfDay;
    if (!continues || run.signal?.aborted) {
      tell(describeStop(day.date, outcomes, run.signal?.aborted ?? false));
      return code;
    }
  }
  return code;
}

/** What would make it go on: the first DAG that failed decides, since what waits for it comes after. */
function describeStop(
  date: Temporal.PlainDate,
  outcomes: readonly DagOutcome[],
  isAsked: boolean,
): string {
  const goesOn = "the same command goes on from there";
  const failed = outcomes.find(({ status }) => status === "failed") ??
    outcomes.find(({ status }) => status !== "success" && status !== "done");
  if (isAsked || !failed) return `Stopped at ${date}: ${goesOn}`;
  return [
    `Stopped at ${date}: once ${failed.dagId} can succeed, ${goesOn}; --continue passes it over`,
    asTyped(`  deno task runs explain ${failed.dagId} ${date}`),
  ].join("\n");
}

function summarize(outcomes: readonly DagOutcome[]): string {
  const good = outcomes.filter(({ status }) => status === "success" || status === "done").length;
  const rows = outcomes.flatMap(({ tasks }) => tasks)
    .map(({ metrics }) => metrics?.rows_written)
    .filter((written) => typeof written === "number")
    .reduce((sum, written) => sum + written, 0);
  return `${good} of ${outcomes.length} DAGs succeeded, ${rows.toLocaleString("en")} rows written`;
}

interface BackfillFlags {
  readonly from: string;
  readonly to: string;
  readonly dag?: string;
  readonly yes?: boolean;
  readonly continue?: boolean;
}

/** `runs backfill`: runs what has not succeeded on many dates, one after the other. */
export const backfillCommand: Subcommand = (dags, act) =>
  createSubcommand("backfill", "Runs what has not succeeded on many dates, date by date", [
    "backfill --from 2026-05-01 --to 2026-05-03",
    "backfill --from 2026-05-01 --to yesterday --yes",
    "backfill --from 2026-05-01 --to yesterday --dag daily_load_ods_cars --yes",
  ])
    .requiredOption("--from <date>", "the first date")
    .requiredOption("--to <date>", "the last date, today at the latest")
    .option("--dag <dag>", "this DAG alone")
    .option("--yes", "run it (without this flag the list is only shown)")
    .option("--continue", "go on with the next date after one that failed")
    .action(act(async (flags: BackfillFlags) => {
      const chosen = flags.dag === undefined ? inRunOrder(dags) : [findDag(dags, flags.dag)];
      const config = readConfig(undefined, { amo: chosen.some(readsAmo) });
      const dates = chooseDates(flags, config.businessTz);
      if (!flags.yes) return await showList(chosen, dates, config);
      await using session = await openSession({ amo: chosen.some(readsAmo) }, config);
      const days = await readOpenDays(session.warehouse, chosen, dates);
      console.log(formatOpenDays(days, chosen));
      return await runBackfill(days, {
        run: session,
        dags,
        continues: flags.continue ?? false,
        tell: console.log,
      });
    }));

async function showList(
  chosen: readonly Dag[],
  dates: readonly Temporal.PlainDate[],
  config: Config,
): Promise<number> {
  await using warehouse = await openMigratedWarehouse(config);
  const days = await readOpenDays(warehouse, chosen, dates);
  const count = days.filter(({ dags }) => dags.length > 0).length;
  console.log(formatOpenDays(days, chosen));
  console.log(
    count === 0
      ? "\nNothing is left to run"
      : `\n${count} of ${days.length} dates would run: add --yes to run them, one after the other`,
  );
  return EXIT_CODE.done;
}

/** What of the chosen DAGs has not succeeded, date by date. */
export async function readOpenDays(
  { sql }: Warehouse,
  chosen: readonly Dag[],
  dates: readonly Temporal.PlainDate[],
): Promise<readonly OpenDay[]> {
  const states = await readTaskStates(sql, String(dates[0]), String(dates.at(-1)));
  return findOpenDays(chosen, dates, states);
}
