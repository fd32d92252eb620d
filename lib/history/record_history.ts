import { z } from "zod";
import type { SqlValues } from "../warehouse/sql_file.ts";
import type { Entity } from "./entities.ts";

const versionRows = z.array(z.object({ version: z.record(z.string(), z.unknown()) }));
const sightRows = z.array(z.object({
  run_id: z.string(),
  /** The run that landed it; null once it has been pruned from the run log. */
  dag_id: z.string().nullable(),
  logical_date: z.string().nullable(),
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

/** The columns of ods; times as ISO texts. */
export type Version = Readonly<Record<string, unknown>>;

/** All that the warehouse knows of one record, up to a moment where one is given. */
export interface RecordHistory {
  /** In the order of time, their columns in that of the table. */
  readonly versions: readonly Version[];
  /** Rows of stg, in the order of what was seen when. */
  readonly sights: z.infer<typeof sightRows>;
  readonly events: z.infer<typeof eventRows>;
}

/** Asks for the rows of a file below sql/. */
export type Ask = (sqlFile: string, values: SqlValues) => Promise<readonly unknown[]>;

/** Reads the versions, rows of stg and events of a record; at a moment, the version of then and what was known. */
export async function readHistory(
  ask: Ask,
  entity: Entity,
  id: number,
  moment: Temporal.Instant | null,
): Promise<RecordHistory> {
  const at = moment?.toString() ?? null;
  const values = [entity, id, at];
  const versions = versionRows.parse([...await ask("ods/history/list_versions.sql", values)]);
  const sights = sightRows.parse([...await ask("stg/list_sights.sql", values)]);
  const events = entity === "leads"
    ? eventRows.parse([...await ask("stg/list_lead_events.sql", [id, at])])
    : [];
  return { versions: versions.map(({ version }) => version), sights, events };
}
