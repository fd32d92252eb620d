import { readConfig } from "../../lib/config.ts";
import { withDownstream } from "../../lib/dag/downstream.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import type { DagOutcome } from "../../lib/dag/outcome.ts";
import { runDaily } from "../../lib/runner/daily_run.ts";
import { readsAmo } from "../../lib/script/dag_command.ts";
import { parseLogicalDate } from "../../lib/script/dates.ts";
import { EXIT_CODE, exitCodeOfDag, exitCodeOfDay } from "../../lib/script/exit_code.ts";
import { formatOutcomes } from "../../lib/script/outcome_table.ts";
import { openSession } from "../../lib/script/session.ts";
import { createRunSubcommand, type Subcommand } from "./subcommand.ts";

interface RetryFlags {
  readonly downstream?: boolean;
  readonly force?: boolean;
}

/** `runs retry`: runs what of a DAG has not succeeded, here and now. */
export const retryCommand: Subcommand = (dags, act) =>
  createRunSubcommand("retry", "Runs what of a DAG has not succeeded for a date, here and now", [
    "retry daily_load_ods_cars 2026-05-03",
    "retry daily_amocrm_load_cars 2026-05-03 --downstream",
    "retry daily_amocrm_load_cars 2026-05-03 --force --downstream",
  ])
    .option("--downstream", "then also run all DAGs that wait for it")
    .option("--force", "run the DAG even if it has succeeded; what waits for it is stale then")
    .action(act(async (id: string, dateText: string, flags: RetryFlags) => {
      const dag = findDag(dags, id);
      const chosen = flags.downstream ? withDownstream(dags, dag) : [dag];
      const needs = { amo: chosen.some(readsAmo) };
      const config = readConfig(undefined, needs);
      const logicalDate = parseLogicalDate(dateText, config.businessTz);
      await using session = await openSession(needs, config);
      const outcomes = await runDaily(dags, {
        ...session,
        logicalDate,
        ...flags.force ? { forceOnly: [dag.id] } : {},
      }, chosen);
      console.log(formatOutcomes(outcomes, logicalDate));
      return exitCodeOfRetry(outcomes);
    }));

/** The exit code of a run of some DAGs: what all that are not done agree on, else that of a whole day. */
export function exitCodeOfRetry(outcomes: readonly DagOutcome[]): number {
  const codes = new Set(outcomes.map(exitCodeOfDag).filter((code) => code !== EXIT_CODE.done));
  const [only] = codes;
  return only !== undefined && codes.size === 1 ? only : exitCodeOfDay(outcomes);
}
