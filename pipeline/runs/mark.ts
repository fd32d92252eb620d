import type { Dag } from "../../lib/dag/dag.ts";
import { maskPersonalData } from "../../lib/log/masking.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

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
