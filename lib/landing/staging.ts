import type { TransactionSql } from "postgres";
import type { Entity } from "../amocrm/wanted_fields.ts";
import type { TaskContext, TaskResult } from "../dag/dag.ts";
import {
  copyingTransactions,
  type Metrics,
  querySqlFile,
  runSqlStatement,
} from "../warehouse/sql_file.ts";
import { guardDeletions } from "./delete_guard.ts";
import { type EmptiedColumns, watchColumns } from "./emptied_columns.ts";
import { createManifestParser } from "./manifest_parser.ts";
import { type MarkerRow, toMarkerRow } from "./records/marker.ts";
import {
  countRejected,
  createRejectCounts,
  refuseTooMany,
  type RejectCounts,
} from "./reject_counts.ts";
import type { SnapshotManifest } from "./snapshot.ts";
import { ACCEPT_ALL, type Acceptance } from "./followed_leads.ts";
import { createPreparedRecords, type PreparedRecords } from "./prepared_records.ts";
import { readLines, readManifest, type SnapshotLine } from "./snapshot_reader.ts";
import { landAsJson, landByCopy, type RowBatch, type RowLanding } from "./row_landing.ts";
import {
  keepRejected,
  landBatch,
  type LoadRun,
  reject,
  type StagingBatch,
} from "./staging_batch.ts";

/**
 * Lands the records of a snapshot in `stg.stg_<entity>`; copies that are there already land nothing.
 *
 * What does not parse goes to `stg.rejected`. Throws when the snapshot is damaged, when too many records could
 * not land, or when a required column would lose all its values; the transaction must then be rolled back.
 *
 * `accept` chooses which records are looked at; the others count nowhere.
 */
export async function stageSnapshot(
  tx: TransactionSql,
  context: TaskContext,
  entity: Entity,
  name: string,
  accept: Acceptance = ACCEPT_ALL,
): Promise<TaskResult> {
  const { dataDir } = context.config;
  const manifest = await readManifest(dataDir, name);
  await querySqlFile(tx, "stg/lock_watermark.sql", [`stg.stg_${entity}`]);
  const { [entity]: landedBefore } = await runSqlStatement(tx, "stg/last_landed.sql", []);
  const lastLanded = Number(landedBefore);
  const load: Load = {
    tx,
    context,
    entity,
    accept,
    run: { runId: context.runId, loadDate: context.logicalDate.toString() },
    columns: watchColumns(tx, context, { entity, manifest, lastLanded }),
    counts: { read: 0, landed: 0, ...createRejectCounts() },
  };
  const blocks = readLines(dataDir, name, manifest);
  if (copyingTransactions.has(tx)) {
    await landLines(
      load,
      blocks,
      manifest,
      await landByCopy(tx, entity, load.run, lastLanded === 0),
    );
  } else {
    await landLines(load, blocks, manifest, landAsJson(tx, entity, load.run));
  }
  const { counts, columns } = load;
  refuseTooMany(entity, counts.read, counts, context.config.maxRejectPercent);
  const absentIds = manifest.absentIds ?? [];
  const absent = { rows: absentIds.map((id) => toAbsence(id, manifest)), rejected: [] };
  counts.landed += await landBatch(tx, entity, absent, load.run);
  // Of leads load_events has the evidence, and marks them.
  const closed = entity === "leads" ? 0 : await guardDeletions(tx, context, entity, lastLanded);
  return toResult(context, entity, counts, {
    ...closed > 0 ? { deleted: closed } : {},
    ...await describeEmptied(columns),
  });
}

interface Load {
  readonly tx: TransactionSql;
  readonly context: TaskContext;
  readonly entity: Entity;
  readonly accept: Acceptance;
  readonly run: LoadRun;
  readonly columns: EmptiedColumns;
  readonly counts: Counts;
}

/** Of the first batch, for which the warehouse waits; each is twice as large as the one before, up to what lands together. */
const FIRST_RECORDS = 250;

/** Lands lines in batches: one is on its way while the next one is read and prepared. */
async function landLines<Row>(
  load: Load,
  blocks: AsyncIterable<readonly SnapshotLine[]>,
  manifest: SnapshotManifest,
  landing: RowLanding<Row>,
): Promise<void> {
  const { entity, accept, columns, context: { config, signal } } = load;
  const parse = createManifestParser(entity, manifest, config.businessTz);
  const preparation = { parse, accept, columns };
  let batch = landing.open();
  let records = createPreparedRecords(preparation, batch);
  let before = Promise.resolve();
  let enough = Math.min(FIRST_RECORDS, landing.batchRecords);
  for await (const lines of blocks) {
    for (const line of lines) records.add(line);
    if (records.ids.length < enough) continue;
    signal.throwIfAborted();
    await before;
    before = landRecords(load, batch, records);
    // Handled by the next await; when the reading throws first, its error is the one to see.
    before.catch(() => {});
    batch = landing.open();
    records = createPreparedRecords(preparation, batch);
    enough = Math.min(enough * 2, landing.batchRecords);
  }
  await before;
  await landRecords(load, batch, records);
}

async function landRecords<Row>(
  { tx, context, entity, accept, run, columns, counts }: Load,
  batch: RowBatch<Row>,
  records: PreparedRecords<Row>,
): Promise<void> {
  const parts: StagingBatch = { rows: [], rejected: [] };
  const rows: Row[] = [];
  for (const number of await accept.choose(records)) {
    const { parsed, row } = records.take(number);
    counts.read++;
    countRejected(counts, parsed);
    reject(parts, entity, parsed);
    if (parsed.row !== null) columns.add(parsed.row);
    if (row !== null) rows.push(row);
  }
  await keepRejected(tx, parts, run.runId);
  counts.landed += await batch.land(rows);
  context.progress(`${counts.read.toLocaleString("en")} ${entity}`);
}

/** The marker of a record that a read which began at the upper bound has missed. */
function toAbsence(id: number, { upperBound }: SnapshotManifest): MarkerRow {
  const payload = { id };
  const times = { observedAt: upperBound, updatedAt: upperBound };
  return toMarkerRow({ id, deletedBy: "absence", ...times, payload });
}

async function describeEmptied(columns: EmptiedColumns): Promise<Metrics> {
  const emptied = await columns.check();
  return emptied > 0 ? { warning_columns_emptied: emptied } : {};
}

interface Counts extends RejectCounts {
  read: number;
  landed: number;
}

function toResult(
  context: TaskContext,
  entity: Entity,
  counts: Counts,
  metrics: Metrics,
): TaskResult {
  const { read, landed, rejectedRecords, rejectedValues } = counts;
  const found = landed === 0 ? "none" : "{landed}";
  if (read === 0) {
    context.log.info("No {entity} to land", { entity });
  } else {
    context.log.info(`{rows} {entity}, ${found} of them new or changed`, {
      rows: read,
      entity,
      landed,
    });
  }
  return {
    rowsRead: read,
    rowsWritten: landed,
    metrics: {
      rows_read: read,
      rows_written: landed,
      // Both are kept in stg.rejected.
      warning_records_rejected: rejectedRecords,
      warning_values_rejected: rejectedValues,
      ...metrics,
    },
  };
}
