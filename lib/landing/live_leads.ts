import { z } from "zod";
import type { TaskContext } from "../dag/dag.ts";

/** A lead that is live by its newest row. */
export interface LiveLead {
  readonly id: number;
  /** When that row was seen, in unix seconds. */
  readonly seenAt: number;
}

const rowsShape = z.array(z.object({
  id: z.string().transform(Number),
  is_live: z.boolean(),
  seen_at: z.number(),
}));

/** Those of some leads that STG has as live. */
export async function listLiveLeads(
  { query }: TaskContext,
  ids: readonly number[],
): Promise<readonly LiveLead[]> {
  if (ids.length === 0) return [];
  const rows = rowsShape.parse([...await query("stg/list_live_leads.sql", [JSON.stringify(ids)])]);
  return rows.filter(({ is_live }) => is_live).map(({ id, seen_at }) => ({ id, seenAt: seen_at }));
}
