import type { ISql } from "postgres";
import { MOST_WORKER_DEATHS } from "../../../lib/run_log/dag_state.ts";
import { querySqlFile } from "../../../lib/warehouse/sql_file.ts";

/**
 * Opens the incident of a DAG that has just failed for good for a date, or closes the one that its success
 * ends. The run log alone decides, so it may be called after any end, and more than once.
 *
 * An incident opens when a task of the DAG's own has failed and its retries are spent; not for what its
 * upstream, a person or the end of the process did. It closes with the success of its date or a later one.
 */
export async function recordDagEnd(
  sql: ISql,
  dagId: string,
  logicalDate: Temporal.PlainDate | string,
): Promise<void> {
  await record(sql, [dagId, logicalDate.toString(), null]);
}

/**
 * The same for all ends that nobody has recorded: of a process that died before it could, of a task that has
 * killed too many workers, and of runs by hand. Failures count when they are of today or yesterday, in
 * `timeZone`; successes whenever they are.
 */
export async function recordMissedEnds(sql: ISql, timeZone: string): Promise<void> {
  await record(sql, [null, null, timeZone]);
}

type Scope = readonly [dagId: string | null, logicalDate: string | null, timeZone: string | null];

async function record(sql: ISql, scope: Scope): Promise<void> {
  await querySqlFile(sql, "ops/open_incidents.sql", [...scope, MOST_WORKER_DEATHS]);
  await querySqlFile(sql, "ops/close_incidents.sql", [MOST_WORKER_DEATHS]);
}
