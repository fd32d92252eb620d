import type { ISql } from "postgres";
import { z } from "zod";
import { querySqlFile } from "../warehouse/sql_file.ts";
import { withoutControls } from "./attempts.ts";

const tails = z.array(
  z.object({
    task_id: z.string(),
    attempt: z.number(),
    log_tail: z.string().transform(withoutControls),
  }),
);

/** The last lines of a failed attempt. */
export type LogTail = z.infer<typeof tails>[number];

/** The last lines of the failed attempts of a DAG for a date, as the run log keeps them. */
export async function readLogTails(
  sql: ISql,
  dagId: string,
  date: string,
): Promise<readonly LogTail[]> {
  return tails.parse([...await querySqlFile(sql, "ops/list_log_tails.sql", [dagId, date])]);
}
