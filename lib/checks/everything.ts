import type { Check } from "./file.ts";
import { type CheckResult, listDue, runChecks } from "./run.ts";
import type { TaskContext } from "../dag/dag.ts";
import { runSqlFile } from "../warehouse/sql_file.ts";
import { scopeSuspects } from "./scope.ts";
import { taskParameters } from "../dag/sql_task.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";

/**
 * Runs checks over every record, not only what has changed, in one transaction that writes nothing and sees
 * one moment. A sample has at most `sampleSize` offenders. The warehouse must be migrated.
 */
export async function checkEverything(
  warehouse: Warehouse,
  checks: readonly Check[],
  settings: Pick<TaskContext, "config" | "logicalDate">,
  sampleSize: number,
): Promise<readonly CheckResult[]> {
  return await warehouse.sql.begin("isolation level repeatable read", async (tx) => {
    await runSqlFile(tx, "ops/scope_everything.sql", {
      ...taskParameters({ ...settings, runId: crypto.randomUUID() }),
      // There is no load in hand, so the newest is compared with the one before it.
      rows_read: "",
      is_partial_read: "false",
    });
    const due = listDue(checks);
    await scopeSuspects(tx, due);
    await tx.unsafe("set transaction read only");
    return await runChecks(tx, due, sampleSize);
  });
}
