import { readConfig } from "../../config.ts";
import { EXIT_CODE } from "../../script/exit_code.ts";
import { readAttempts } from "../../run_log/attempts.ts";
import { parseDate } from "../../script/dates.ts";
import { findDag } from "../../dag/find_dag.ts";
import { openRunLog } from "../open_run_log.ts";
import { paintForStdout } from "../../../pipeline/runs/look.ts";
import { withSetSchedules } from "../set_schedules.ts";
import { formatRun } from "../../../pipeline/runs/show.ts";
import { createRunSubcommand, type Subcommand } from "../../../pipeline/runs/subcommand.ts";

/** `runs show`: every attempt of a DAG for a date. */
export const showCommand: Subcommand = (dags, act) =>
  createRunSubcommand("show", "Shows every attempt of a DAG for a date", [
    "show daily_load_ods_leads",
    "show daily_load_ods_leads 2026-05-03",
  ])
    .action(act(async (id: string, dateText: string) => {
      const config = readConfig(undefined, { amo: false });
      const dag = findDag(withSetSchedules(dags, config), id);
      const date = parseDate(dateText, config.businessTz);
      await using warehouse = await openRunLog(config);
      const range = { from: date.toString(), to: date.toString(), dagId: dag.id };
      const attempts = await readAttempts(warehouse.sql, range);
      const view = { timeZone: config.businessTz, paint: paintForStdout() };
      console.log(formatRun(dag, date, attempts, view));
      return EXIT_CODE.done;
    }));
