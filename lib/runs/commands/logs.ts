import { readConfig } from "../../config.ts";
import { EXIT_CODE } from "../../script/exit_code.ts";
import { readAttempts } from "../../run_log/attempts.ts";
import { parseDate } from "../../script/dates.ts";
import { findDag } from "../../dag/find_dag.ts";
import { readLogs } from "../../../pipeline/runs/logs.ts";
import { openRunLog } from "../open_run_log.ts";
import { paintForStdout } from "../../../pipeline/runs/look.ts";
import { createRunSubcommand, type Subcommand } from "../../../pipeline/runs/subcommand.ts";

/** `runs logs`: the log lines of each attempt of a DAG for a date. */
export const logsCommand: Subcommand = (dags, act) =>
  createRunSubcommand("logs", "Shows the log lines of each attempt of a DAG for a date", [
    "logs daily_amocrm_load_leads",
    "logs daily_amocrm_load_leads yesterday | less",
  ])
    .action(act(async (id: string, dateText: string) => {
      const config = readConfig(undefined, { amo: false });
      const dag = findDag(dags, id);
      const date = parseDate(dateText, config.businessTz).toString();
      await using warehouse = await openRunLog(config);
      const attempts = await readAttempts(warehouse.sql, { from: date, to: date, dagId: dag.id });
      console.log(
        await readLogs(warehouse.sql, config, { dag, date, attempts }, paintForStdout()),
      );
      return EXIT_CODE.done;
    }));
