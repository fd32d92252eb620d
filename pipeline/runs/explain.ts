import { readConfig } from "../../lib/config.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import { withSetSchedules } from "../../lib/dag/scheduled_dags.ts";
import { explainRun } from "../../lib/explain/explain.ts";
import { SILENT_AFTER_S } from "../../lib/run_log/claims.ts";
import { parseLogicalDate } from "../../lib/script/dates.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { openMigratedWarehouse } from "../../lib/script/read_only.ts";
import { createRunSubcommand, type Subcommand } from "./subcommand.ts";

/** `runs explain`: why a DAG has not run for a date, and what to do about it. */
export const explainCommand: Subcommand = (dags, act) =>
  createRunSubcommand("explain", "Says why a DAG has not run, or what it waits for, and what now", [
    "explain daily_build_dds_fact",
    "explain daily_build_dds_fact 2026-05-03",
  ])
    .action(act(async (id: string, dateText: string) => {
      const config = readConfig(undefined, { amo: false });
      const scheduled = withSetSchedules(dags, config);
      const dag = findDag(scheduled, id);
      const date = parseLogicalDate(dateText, config.businessTz);
      await using warehouse = await openMigratedWarehouse(config);
      // This process has the embedded warehouse to itself, so whoever seems to run there is dead.
      const silentAfterS = warehouse.kind === "embedded" ? 0 : SILENT_AFTER_S;
      const text = await explainRun(
        warehouse.sql,
        scheduled,
        dag.id,
        date,
        config.businessTz,
        silentAfterS,
      );
      console.log(text);
      return EXIT_CODE.done;
    }));
