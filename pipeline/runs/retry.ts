import { readConfig } from "../../lib/config.ts";
import { readsAmo } from "../../lib/script/dag_command.ts";
import { runDaily } from "../../lib/runner/daily_run.ts";
import { formatOutcomes } from "../../lib/script/outcome_table.ts";
import { openSession } from "../../lib/script/session.ts";
import { parseDate } from "../../lib/script/dates.ts";
import { withDownstream } from "../../lib/dag/downstream.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import { exitCodeOfRetry } from "../../lib/runs/retry.ts";
import { createRunSubcommand, type Subcommand } from "./subcommand.ts";

/** `runs retry`: runs what of a DAG has not succeeded, here and now. */
export const retryCommand: Subcommand = (dags, act) =>
  createRunSubcommand("retry", "Runs what of a DAG has not succeeded for a date, here and now", [
    "retry daily_load_ods_cars 2026-05-03",
    "retry daily_amocrm_load_cars 2026-05-03 --downstream",
  ])
    .option("--downstream", "then all DAGs that wait for it, too")
    .action(act(async (id: string, dateText: string, flags: { downstream?: boolean }) => {
      const dag = findDag(dags, id);
      const chosen = flags.downstream ? withDownstream(dags, dag) : [dag];
      const needs = { amo: chosen.some(readsAmo) };
      const config = readConfig(undefined, needs);
      const logicalDate = parseDate(dateText, config.businessTz);
      await using session = await openSession(needs, config);
      const outcomes = await runDaily(dags, { ...session, logicalDate }, chosen);
      console.log(formatOutcomes(outcomes));
      return exitCodeOfRetry(outcomes);
    }));
