import type { TransactionSql } from "postgres";
import { z } from "zod";
import type { Entity } from "../amocrm/wanted_fields.ts";
import type { TaskContext } from "../dag/dag.ts";
import { querySqlFile, runSqlStatement } from "../warehouse/sql_file.ts";

/** So many records vanish from an account of any size in everyday life. */
const ALWAYS_ACCEPTED = 10;
const NAMED = 50;

const closedRows = z.array(z.object({ id: z.string() }));

/**
 * Counts the records that the rows of this load, those after `lastLanded`, have marked as deleted.
 *
 * Throws when they are more than `MAX_DELETE_PERCENT` of those that were live, unless that is accepted: a right
 * that was taken away and a list that breaks off look like deletions.
 */
export async function guardDeletions(
  tx: TransactionSql,
  { config: { maxDeletePercent }, acceptDeletes }: TaskContext,
  entity: Entity,
  lastLanded: number,
): Promise<number> {
  const rows = await querySqlFile(tx, "stg/list_closed.sql", [entity, lastLanded]);
  const closed = closedRows.parse([...rows]).map(({ id }) => id);
  if (closed.length <= ALWAYS_ACCEPTED || acceptDeletes) return closed.length;
  const { records } = await runSqlStatement(tx, "stg/count_live.sql", [entity, lastLanded]);
  if (closed.length * 100 <= maxDeletePercent * Number(records)) return closed.length;
  const named = closed.slice(0, NAMED).join(", ") + (closed.length > NAMED ? ", …" : "");
  throw new Error(
    `Cannot mark ${closed.length} of ${records} live ${entity} as deleted, expected at most ` +
      `${maxDeletePercent} % (MAX_DELETE_PERCENT): ${named}: look whether they are gone in amoCRM and whether ` +
      "the token may still see them, then run again with --accept-deletes",
  );
}
