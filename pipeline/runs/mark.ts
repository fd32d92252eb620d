import { Argument } from "commander";
import { userInfo } from "node:os";
import { ConfigError, readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import { maskPersonalData } from "../../lib/log/masking.ts";
import { formatProse } from "../../lib/log/prose.ts";
import { asTyped } from "../../lib/log/typed_commands.ts";
import { freeDeadClaims } from "../../lib/run_log/claims.ts";
import { parseLogicalDate } from "../../lib/script/dates.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { openSession } from "../../lib/script/session.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { createSubcommand, type Subcommand } from "./subcommand.ts";

/** What a person says of a DAG for a date. */
export interface Mark {
  readonly status: "success" | "failed";
  readonly who: string;
  readonly why: string;
}

/**
 * Gives every task of a DAG the outcome that a person decided on, each as an attempt of its own, and returns
 * the note that goes with them; null, with nothing written, when a worker holds one of the tasks.
 */
export async function markRun(
  warehouse: Warehouse,
  dag: Dag,
  date: Temporal.PlainDate,
  { status, who, why }: Mark,
): Promise<string | null> {
  const note = maskPersonalData(`marked as ${status} by ${who}: ${why}`);
  const runId = crypto.randomUUID();
  const refused = new Error("Refused");
  try {
    return await warehouse.sql.begin(async (tx) => {
      for (const { id } of dag.tasks) {
        const values = [runId, dag.id, id, date.toString(), status, maskPersonalData(who), note];
        const rows = await querySqlFile(tx, "ops/mark_task.sql", values);
        if (rows.length === 0) throw refused;
      }
      return note;
    });
  } catch (error) {
    if (error === refused) return null;
    throw error;
  }
}

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
      const date = parseLogicalDate(dateText, config.businessTz);
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
        console.log(
          asTyped(`${formatProse(problem, "")}\n  deno task runs cancel ${dag.id} ${date}`),
        );
        return EXIT_CODE.alreadyRunning;
      }
      console.log(`${dag.id} of ${date} was ${note}`);
      return EXIT_CODE.done;
    }));

/** Whoever runs this program, for notes about what a person decided: "omar on etl-1". */
export function describePerson(): string {
  return `${readUserName()} on ${Deno.hostname()}`;
}

function readUserName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // In a container the user may have a number and no name.
    if (error instanceof Deno.errors.NotCapable) throw error;
    return `user ${Deno.uid()}`;
  }
}
