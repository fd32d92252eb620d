import { z } from "zod";
import type { RecordSink } from "../amocrm/lead_scan.ts";
import { lookUp, lookUpOne, type LookUpRoute, type ShownRecord } from "../amocrm/look_up.ts";
import type { TaskContext } from "../dag/dag.ts";
import type { Crm, ReadResult } from "./extraction.ts";

/** A complete read of a catalog. */
export interface CatalogRead {
  readonly context: TaskContext;
  readonly crm: Crm;
  readonly entity: "clients" | "cars";
  readonly route: LookUpRoute;
  /** The ids that it has shown. */
  readonly seen: ReadonlySet<number>;
}

const liveRows = z.array(z.object({ id: z.string().transform(Number) }));

/**
 * Asks by id for the elements that STG has as live and that a complete read has not shown: what is shown then is
 * handed on, and what is not there is absent. What this token may not see is neither.
 */
export async function findAbsentElements(
  { context, crm: { client }, entity, route, seen }: CatalogRead,
  sink: RecordSink,
): Promise<ReadResult> {
  const { signal } = context;
  const absentIds: number[] = [];
  let [hidden, unknown] = [0, 0];
  const handOn = async (shown: readonly ShownRecord[]) => {
    for (const { record, observedAt } of shown) await sink([record], observedAt);
  };
  for await (const ids of listMissing(context, entity, seen)) {
    const { shown } = await lookUp(client, route, ids, signal, handOn);
    hidden += shown.size;
    for (const id of ids.filter((one) => !shown.has(one))) {
      const answer = await lookUpOne(client, route, id, signal);
      if (answer.kind === "shown") await handOn([answer.shown]);
      if (answer.kind === "gone") absentIds.push(id);
      else if (answer.kind === "unknown") unknown++;
      else hidden++;
    }
  }
  const metrics = {
    ...absentIds.length > 0 ? { [`${entity}_absent`]: absentIds.length } : {},
    ...hidden > 0 ? { [`${entity}_hidden`]: hidden } : {},
    ...unknown > 0 ? { [`warning_${entity}_unknown`]: unknown } : {},
  };
  return { metrics, absentIds };
}

/** Live elements of STG that were not seen, some at a time. */
async function* listMissing(
  { query }: TaskContext,
  entity: string,
  seen: ReadonlySet<number>,
): AsyncGenerator<number[]> {
  for (let last = 0;;) {
    const live = liveRows.parse([...await query("stg/list_live_elements.sql", [entity, last])]);
    const end = live.at(-1);
    if (!end) return;
    const missing = live.map(({ id }) => id).filter((id) => !seen.has(id));
    if (missing.length > 0) yield missing;
    last = end.id;
  }
}
