import { type Account, readAccount } from "../amocrm/account.ts";
import { type AmoClient, createAmoClient } from "../amocrm/client.ts";
import type { CustomField } from "../amocrm/field_match.ts";
import { type FieldsByColumn, resolveFields } from "../amocrm/fields.ts";
import type { RecordSink } from "../amocrm/lead_scan.ts";
import type { Entity } from "../amocrm/wanted_fields.ts";
import type { AmoSettings } from "../config.ts";
import type { TaskContext, TaskResult } from "../dag/dag.ts";
import type { Metrics } from "../warehouse/sql_file.ts";
import { createSnapshot, type LeadFacts } from "./snapshot.ts";
import { type SchemaEntry, toSchema } from "./source_schema.ts";

/** The account that a task reads. */
export interface Crm {
  readonly client: AmoClient;
  readonly settings: AmoSettings;
}

/** How one entity is read: what the load must know, and the reading itself. */
export interface Reading {
  readonly fields: readonly CustomField[];
  readonly carsCatalogId: number | null;
  readonly clientsCatalogId: number | null;
  /** Hands every record to the sink; `fields` are those that fill the columns, `schema` all with their options. */
  read(
    sink: RecordSink,
    fields: FieldsByColumn,
    schema: readonly SchemaEntry[],
  ): Promise<ReadResult>;
}

/** What came of reading, beside the records. */
export interface ReadResult {
  /** Beyond the count. */
  readonly metrics: Metrics;
  readonly leads?: LeadFacts;
  /** As of `SnapshotFacts`. */
  readonly absentIds?: number[];
}

/** A client of the configured account that logs as the task and stops with it. */
export function openCrm({ config, log, signal }: TaskContext): Crm {
  const { amo: settings } = config;
  if (!settings) {
    throw new Error(
      "Cannot read amoCRM: it is not configured, expected AMO_SUBDOMAIN and AMO_TOKEN: set both in .env",
    );
  }
  return { client: createAmoClient({ ...settings, log, signal }), settings };
}

/**
 * Reads one entity into a snapshot and hands its name over as the metric `snapshot`.
 *
 * Nothing is parsed here but what paging needs: the records go to the snapshot as they came, so that a load
 * can be repeated without asking the CRM again.
 */
export async function extractToSnapshot(
  context: TaskContext,
  entity: Entity,
  prepare: (crm: Crm, account: Account) => Promise<Reading>,
): Promise<TaskResult> {
  const crm = openCrm(context);
  const account = await readAccount(crm.client);
  const reading = await prepare(crm, account);
  // Before the first record: a missing field must not cost a whole reading.
  const fields: FieldsByColumn = resolveFields(
    entity,
    reading.fields,
    crm.settings.fieldMap[entity],
    context.log,
  );
  await using snapshot = await createSnapshot({
    dataDir: context.config.dataDir,
    entity,
    date: context.logicalDate.toString(),
    runId: context.runId,
  });
  const schema = toSchema(reading.fields, fields);
  let rows = 0;
  const { metrics, leads, absentIds } = await reading.read(
    async (records, observedAt) => {
      await snapshot.write(records, observedAt);
      rows += records.length;
      context.progress(`${rows.toLocaleString("en")} ${entity}`);
    },
    fields,
    schema,
  );
  const name = await snapshot.finish({
    entity,
    accountTimeZone: account.timeZone,
    upperBound: account.serverTime.toString(),
    fields,
    carsCatalogId: reading.carsCatalogId,
    clientsCatalogId: reading.clientsCatalogId,
    ...leads ? { leads } : {},
    ...absentIds ? { absentIds } : {},
    schema,
  });
  context.log.info("{rows} {entity}", { rows, entity });
  return { rowsRead: rows, metrics: { rows_read: rows, ...metrics, snapshot: name } };
}
