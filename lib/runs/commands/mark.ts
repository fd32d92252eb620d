import { Argument } from "commander";
import { ConfigError, readConfig } from "../../config.ts";
import { EXIT_CODE } from "../../script/exit_code.ts";
import { freeDeadClaims } from "../../run_log/claims.ts";
import { openSession } from "../../script/session.ts";
import { parseDate } from "../../script/dates.ts";
import { findDag } from "../../dag/find_dag.ts";
import { type Mark, markRun } from "../../../pipeline/runs/mark.ts";
import { describePerson } from "../person.ts";
import { formatProse } from "../../log/prose.ts";
import { createSubcommand, type Subcommand } from "../../../pipeline/runs/subcommand.ts";

/** `runs mark`: notes an outcome that a person decided on. */
export const markCommand: Subcommand = (dags, act) =>
  createSubcommand("mark", "Notes what a person decided: that a DAG counts as done, or as failed", [
    'mark daily_load_ods_cars 2026-05-03 success --why "merged by hand"',
    'mark daily_load_ods_cars 2026-05-03 failed --why "loaded from the wrong account"',
  ])
    .argument("<dag>", "id of the DAG")
    .argument("<date>", "logical date: YYYY-MM-DD, today or yesterday")
    .addArgument(new Argument("<status>", "the outcome").choices(["success", "failed"]))
    .requiredOption("--why <text>", "the reason, for whoever reads the run log")
    .action(act(async (
      id: string,
      dateText: string,
      status: Mark["status"],
      { why }: { readonly why: string },
    ) => {
      const config = readConfig(undefined, { amo: false });
      const dag = findDag(dags, id);
      const date = parseDate(dateText, config.businessTz);
      if (why.trim() === "") {
        throw new ConfigError(
          "Cannot mark a run without a reason: --why is empty, expected a text",
        );
      }
      await using session = await openSession({ amo: false }, config);
      await freeDeadClaims(session.warehouse, session.worker);
      const mark = { status, why: why.trim(), who: describePerson() };
      const note = await markRun(session.warehouse, dag, date, mark);
      if (note === null) {
        const problem = `Cannot mark ${dag.id} of ${date}: a worker is on it, expected nobody: ` +
          "wait for its end, or stop it";
        console.log(`${formatProse(problem, "")}\n  deno task runs cancel ${dag.id} ${date}`);
        return EXIT_CODE.alreadyRunning;
      }
      console.log(`${dag.id} of ${date} was ${note}`);
      return EXIT_CODE.done;
    }));
