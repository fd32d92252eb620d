import { readConfig } from "../../config.ts";
import { EXIT_CODE } from "../../script/exit_code.ts";
import { openSession } from "../../script/session.ts";
import { sleep } from "../../sleep.ts";
import { cancelRun } from "../../../pipeline/runs/cancel.ts";
import { parseDate } from "../../script/dates.ts";
import { findDag } from "../../dag/find_dag.ts";
import { createRunSubcommand, type Subcommand } from "../../../pipeline/runs/subcommand.ts";

const EMBEDDED =
  "The embedded warehouse is open in one process at a time, so there is no run of\n" +
  "another one to cancel: stop that process itself, with Ctrl-C or SIGTERM";

/** `runs cancel`: asks the worker of a run for its end, and waits for it. */
export const cancelCommand: Subcommand = (dags, act) =>
  createRunSubcommand("cancel", "Stops the run of a DAG for a date, wherever it is, and waits", [
    "cancel daily_amocrm_load_leads",
  ])
    .action(act(async (id: string, dateText: string) => {
      const config = readConfig(undefined, { amo: false });
      const dag = findDag(dags, id);
      const date = parseDate(dateText, config.businessTz);
      if (!config.pg) {
        console.log(EMBEDDED);
        return EXIT_CODE.done;
      }
      await using session = await openSession({ amo: false }, config);
      const count = await cancelRun(dag, date, { ...session, sleep, tell: console.log });
      if (count === 0) console.log(`Nothing of ${dag.id} of ${date} is under way`);
      return EXIT_CODE.done;
    }));
