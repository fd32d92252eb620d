import { z } from "zod";
import { AmoError } from "../../lib/amocrm/answers.ts";
import { scanLeads } from "../../lib/amocrm/lead_scan.ts";
import type { LoaderSession } from "../account/loader_command.ts";

/** The values of a field by the id of the lead that has them, as they came. */
export type ValuesByLead = ReadonlyMap<number, readonly unknown[]>;

/** The values of leads by field id; a field that no lead uses has no entry. */
export type FieldUsage = ReadonlyMap<number, ValuesByLead>;

const leadShape = z.object({
  id: z.int(),
  custom_fields_values: z.array(z.object({ field_id: z.int(), values: z.array(z.unknown()) }))
    .nullable(),
});

/**
 * Reads which leads, of all pipelines, have a value in which field. Leads in the trash are not among them:
 * the account shows nothing of those.
 *
 * Throws `AmoError` when the account does not order leads as asked: then some may be missed, and a field that
 * holds values would pass for an empty one.
 */
export async function readFieldUsage(
  session: Pick<LoaderSession, "client" | "log" | "signal">,
): Promise<FieldUsage> {
  const { client, log, signal } = session;
  const usage = new Map<number, Map<number, readonly unknown[]>>();
  const options = {
    pipelineId: null,
    log,
    signal,
  };
  const { leads, isFallback } = await scanLeads(client, options, (records) => {
    for (const record of records) addLead(usage, record);
    return Promise.resolve();
  });
  if (isFallback) {
    throw new AmoError(
      "Cannot count the values of fields: amoCRM did not order leads as asked, expected all of them: " +
        "run again later",
      200,
    );
  }
  log.info("{leads} leads read", { leads });
  return usage;
}

function addLead(usage: Map<number, Map<number, readonly unknown[]>>, record: unknown): void {
  const parsed = leadShape.safeParse(record);
  if (!parsed.success) {
    throw new AmoError(
      "Cannot count the values of fields: a lead has no id or no list of values, expected both: " +
        "check AMO_BASE_URL",
      200,
    );
  }
  for (const { field_id: fieldId, values } of parsed.data.custom_fields_values ?? []) {
    const byLead = usage.get(fieldId) ?? new Map<number, readonly unknown[]>();
    usage.set(fieldId, byLead.set(parsed.data.id, values));
  }
}
