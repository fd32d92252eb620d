import { InvalidArgumentError } from "commander";
import { type Config, readConfig } from "../config.ts";
import type { Dag } from "../dag/dag.ts";
import { ACCEPT_DELETES, canMarkDeletions } from "../dag/deletions.ts";
import { ACCEPT_EMPTIED, guardsColumns } from "../dag/emptied.ts";
import { canReadInFull } from "../dag/full.ts";
import { runDag } from "../runner/runner.ts";
import { createCommand, runMain } from "./command.ts";
import { parseLogicalDate } from "./dates.ts";
import { showDryRun } from "./dry_session.ts";
import { exitCodeOfDag } from "./exit_code.ts";
import { formatOutcomes } from "./outcome_table.ts";
import { openSession } from "./session.ts";

/** What can be asked of the run of a date, of one DAG or of all. */
export interface RunFlags {
  readonly date?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly full?: boolean;
  readonly acceptDeletes?: boolean;
  readonly acceptEmptied?: boolean;
}

interface DagFlags extends RunFlags {
  /** True: as long as `POKE_TIMEOUT_MIN` says; a number: so many minutes. */
  readonly wait?: boolean | number;
}

/** The main of a DAG's script: sets the exit code of the process. */
export async function runDagCommand(dag: Dag, args: readonly string[] = Deno.args): Promise<void> {
  await runMain(() => runDagByArgs(dag, args));
}

/** Reads the arguments, runs the DAG, prints its outcome and returns the exit code. */
export async function runDagByArgs(dag: Dag, args: readonly string[]): Promise<number> {
  const flags = parseFlags(dag, args);
  const config = readConfig(undefined, { amo: readsAmo(dag) });
  const logicalDate = parseLogicalDate(flags.date ?? "today", config.businessTz);
  if (flags.dryRun) return await showDryRun([dag], [logicalDate], config, flags);
  await using session = await openSession({ amo: readsAmo(dag) }, config);
  const outcome = await runDag(dag, {
    ...session,
    logicalDate,
    // Who asks for everything means it, although the date has succeeded.
    force: (flags.force || flags.full) ?? false,
    full: flags.full ?? false,
    acceptDeletes: flags.acceptDeletes ?? false,
    acceptEmptied: flags.acceptEmptied ?? false,
    waitMs: waitMs(flags.wait, config),
  });
  console.log(formatOutcomes([outcome], logicalDate));
  return exitCodeOfDag(outcome);
}

/** Work outside the database means amoCRM in every DAG there is. */
export function readsAmo(dag: Dag): boolean {
  return dag.tasks.some((task) => task.prepare !== undefined);
}

/** Minutes of a flag; anything but a number from 0 on is wrong usage. */
export function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (Number.isFinite(minutes) && minutes >= 0) return minutes;
  throw new InvalidArgumentError("expected minutes like 60");
}

function parseFlags(dag: Dag, args: readonly string[]): DagFlags {
  const script = `deno run -q -P=pipeline pipeline/${dag.id}.ts`;
  const isFull = canReadInFull(dag);
  const command = createCommand(dag.id, dag.description, [
    script,
    `${script} --date 2026-05-03 --dry-run`,
    `${script} --date 2026-05-03 --wait 30`,
    ...isFull ? [`${script} --full`] : [],
  ])
    .option("--date <date>", "logical date: YYYY-MM-DD, today or yesterday (default: today)")
    .option("--dry-run", "write nothing, show what would be written")
    .option("--force", "run again even if it has succeeded for this date")
    .option("--wait [minutes]", "wait for the upstreams (default: POKE_TIMEOUT_MIN)", parseMinutes);
  if (isFull) {
    command.option(
      "--full",
      "read everything, not only what changed, even if it has succeeded for this date",
    );
  }
  if (canMarkDeletions(dag)) command.option("--accept-deletes", ACCEPT_DELETES);
  if (guardsColumns(dag)) command.option("--accept-emptied", ACCEPT_EMPTIED);
  return command.parse(args, { from: "user" }).opts<DagFlags>();
}

function waitMs(wait: boolean | number | undefined, config: Config): number {
  if (typeof wait === "number") return wait * 60_000;
  return wait ? config.pokeTimeoutMs : 0;
}
