import type { ISql } from "postgres";
import type { CheckResult } from "./checks/run.ts";
import { querySqlFile } from "./warehouse/sql_file.ts";

/** Keeps what the checks of a task found, passed and failed ones alike, in ops.check_result. */
export async function saveCheckResults(
  sql: ISql,
  runId: string,
  taskId: string,
  results: readonly CheckResult[],
): Promise<void> {
  const rows = results.map(({ check, table, severity, offenders, sample }) => ({
    check_name: check,
    table_name: table,
    severity,
    offenders,
    sample,
  }));
  await querySqlFile(sql, "ops/save_check_results.sql", [JSON.stringify(rows), runId, taskId]);
}
