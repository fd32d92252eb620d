import type { ISql } from "postgres";
import { z } from "zod";
import { querySqlFile } from "./sql_file.ts";

/** The database's clock, which all machines share: their own may differ. */
export async function readClock(sql: ISql): Promise<Temporal.Instant> {
  const [row] = await querySqlFile(sql, "ops/read_clock.sql", []);
  return Temporal.Instant.fromEpochMilliseconds(z.date().parse(row?.now).getTime());
}
