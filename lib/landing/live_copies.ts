import { z } from "zod";
import type { AmoClient } from "../amocrm/client.ts";
import { sortOut } from "../amocrm/lead_page.ts";
import type { RecordSink } from "../amocrm/lead_scan.ts";
import { lookUp } from "../amocrm/look_up.ts";
import { LEADS_ROUTE } from "../amocrm/vanished_leads.ts";
import type { TaskContext } from "../dag/dag.ts";

const doubtfulRows = z.array(z.object({ id: z.string().transform(Number) }));

/**
 * A sink for leads as lists show them: copies that a deletion known by now has overtaken are asked for by id, and
 * what the answer shows is handed on in their place. A list that lags goes on showing leads that are in the trash.
 */
export function confirmLiveCopies(
  context: TaskContext,
  client: AmoClient,
  sink: RecordSink,
): RecordSink {
  return async (records, observedAt) => {
    const doubtful = await listDoubtful(context, records);
    const sure = records.filter((record) => !doubtful.has(idOf(record)));
    if (sure.length > 0) await sink(sure, observedAt);
    if (doubtful.size === 0) return;
    await lookUp(client, LEADS_ROUTE, [...doubtful], context.signal, async (shown) => {
      for (const one of shown) await sink([one.record], one.observedAt);
    });
  };
}

async function listDoubtful(
  { query }: TaskContext,
  records: readonly unknown[],
): Promise<ReadonlySet<number>> {
  const copies = sortOut(records).rows.map(({ id, updatedAt }) => ({ id, updated_at: updatedAt }));
  const rows = await query("stg/list_doubtful_leads.sql", [JSON.stringify(copies)]);
  return new Set(doubtfulRows.parse([...rows]).map(({ id }) => id));
}

function idOf(record: unknown): number {
  const [row] = sortOut([record]).rows;
  return row?.id ?? 0;
}
