import { z } from "zod";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import type { Entity } from "./entities.ts";

const versionRows = z.array(z.object({ version: z.record(z.string(), z.unknown()) }));
const sightRows = z.array(z.object({
  observed_at: z.date(),
  updated_at: z.date(),
  is_deleted: z.boolean(),
  deleted_by: z.string().nullable(),
  payload: z.unknown(),
}));
const eventRows = z.array(z.object({
  type: z.string(),
  created_at: z.date(),
  before: z.unknown(),
  after: z.unknown(),
  survivor_id: z.coerce.number().nullable(),
}));

/** All that the warehouse knows of one record, up to a moment where one is given. */
export interface RecordHistory {
  /** Columns of ods, in the order of the table; times as ISO texts. */
  readonly versions: readonly Readonly<Record<string, unknown>>[];
  /** Rows of stg, in the order of what was seen when. */
  readonly sights: z.infer<typeof sightRows>;
  readonly events: z.infer<typeof eventRows>;
}

/** Reads the versions, rows of stg and events of a record; at a moment, the version of then and what was known. */
export async function readHistory(
  { sql }: Warehouse,
  entity: Entity,
  id: number,
  moment: Temporal.Instant | null,
): Promise<RecordHistory> {
  const at = moment?.toString() ?? null;
  const values = [entity, id, at];
  const versions = versionRows.parse([
    ...await querySqlFile(sql, "ods/history/list_versions.sql", values),
  ]);
  const sights = sightRows.parse([...await querySqlFile(sql, "stg/list_sights.sql", values)]);
  const events = entity === "leads"
    ? eventRows.parse([...await querySqlFile(sql, "stg/list_lead_events.sql", [id, at])])
    : [];
  return { versions: versions.map(({ version }) => version), sights, events };
}
