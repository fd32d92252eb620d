import type { TransactionSql } from "postgres";
import { z } from "zod";
import type { Entity } from "../amocrm/wanted_fields.ts";
import type { TaskContext, TaskResult } from "../dag/dag.ts";
import { type Metrics, querySqlFile, runSqlStatement } from "../warehouse/sql_file.ts";
import { guardDeletions } from "./delete_guard.ts";
import { type EmptiedColumns, watchColumns } from "./emptied_columns.ts";
import { type MarkerRow, toMarkerRow } from "./records/marker.ts";
import { createEntityParser } from "./records/entity_parser.ts";
import type { ParsedRecord, RejectedRecord } from "./records/record.ts";
import type { SnapshotManifest } from "./snapshot.ts";
import type { AcceptEntries, Entry } from "./followed_leads.ts";
import { readLines, readManifest } from "./snapshot_reader.ts";
import { addToBatch, landBatch, type StagingBatch } from "./staging_batch.ts";

// Large enough that a statement's own cost does not count, small enough that memory stays flat.
const BATCH_RECORDS = 1_000;
// A few bad records are everyday life, whatever their share of a small account.
const MIN_REJECTED = 10;
const NAMED_REJECTED = 3;

const lineShape = z.object({ observed_at: z.string(), record: z.unknown() });

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
  accept: AcceptEntries = (entries) => Promise.resolve(entries),
): Promise<TaskResult> {
  const { dataDir } = context.config;
  const manifest = await readManifest(dataDir, name);
  const parse = createEntryParser(entity, manifest, context.config.businessTz);
  const run = { runId: context.runId, loadDate: context.logicalDate.toString() };
  const counts = createCounts();
  await querySqlFile(tx, "stg/lock_watermark.sql", [`stg.stg_${entity}`]);
  const columns = await watchColumns(tx, context, entity, manifest);
  const { [entity]: lastLanded } = await runSqlStatement(tx, "stg/last_landed.sql", []);
  const land = async (entries: readonly Entry[]) => {
    const batch: StagingBatch = { rows: [], rejected: [] };
    for (const entry of await accept(entries)) {
      const record = parse(entry);
      count(counts, record);
      if (record.row !== null) columns.add(record.row);
      addToBatch(batch, entity, record);
    }
    counts.landed += await landBatch(tx, entity, batch, run);
    context.progress(`${counts.read.toLocaleString("en")} ${entity}`);
  };
  let entries: Entry[] = [];
  let landing = Promise.resolve();
  for await (const line of readLines(dataDir, name, manifest)) {
    entries.push(toEntry(line));
    if (entries.length < BATCH_RECORDS) continue;
    context.signal.throwIfAborted();
    // One batch is on its way while the next one is read.
    await landing;
    landing = land(entries);
    // Handled by the next await; when the reading throws first, its error is the one to see.
    landing.catch(() => {});
    entries = [];
  }
  await landing;
  await land(entries);
  refuseTooMany(entity, counts, context.config.maxRejectPercent);
  const absentIds = manifest.absentIds ?? [];
  const absent = { rows: absentIds.map((id) => toAbsence(id, manifest)), rejected: [] };
  counts.landed += await landBatch(tx, entity, absent, run);
  // Of leads load_events has the evidence, and marks them.
  const closed = entity === "leads"
    ? 0
    : await guardDeletions(tx, context, entity, Number(lastLanded));
  return toResult(context, entity, counts, {
    ...closed > 0 ? { deleted: closed } : {},
    ...await describeEmptied(columns),
  });
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

interface Counts {
  read: number;
  landed: number;
  rejectedRecords: number;
  rejectedValues: number;
  /** A few of the records that could not land: id and reason. */
  readonly examples: string[];
}

function createCounts(): Counts {
  return { read: 0, landed: 0, rejectedRecords: 0, rejectedValues: 0, examples: [] };
}

function count(counts: Counts, record: ParsedRecord | RejectedRecord): void {
  counts.read++;
  if (record.row !== null) {
    counts.rejectedValues += record.rejected.length;
    return;
  }
  counts.rejectedRecords++;
  if (counts.examples.length < NAMED_REJECTED) {
    counts.examples.push(`${record.id ?? "one without an id"} (${record.reason})`);
  }
}

function toEntry(line: string): Entry {
  const { observed_at: observedAt, record } = lineShape.parse(JSON.parse(line));
  return { observedAt, record };
}

function createEntryParser(entity: Entity, manifest: SnapshotManifest, businessTz: string) {
  const parse = createEntityParser(entity, {
    fields: manifest.fields,
    zones: { account: manifest.accountTimeZone, business: businessTz },
    carsCatalogId: manifest.carsCatalogId,
    clientsCatalogId: manifest.clientsCatalogId,
  });
  return ({ observedAt, record }: Entry) => parse(record, observedAt);
}

/** Throws when too many records could not land: then something is wrong with the account or with this program. */
export function refuseTooMany(
  entity: Entity | "events",
  counts: Pick<Counts, "read" | "rejectedRecords" | "examples">,
  maxPercent: number,
): void {
  const { read, rejectedRecords, examples } = counts;
  if (rejectedRecords < MIN_REJECTED || rejectedRecords * 100 <= maxPercent * read) return;
  throw new Error(
    `Cannot load ${entity}: ${rejectedRecords} of ${read} records did not parse, expected at most ` +
      `${maxPercent} %: ${
        examples.join(", ")
      }, …: correct them in amoCRM and run again with --force, ` +
      "or raise MAX_REJECT_PERCENT",
  );
}

function toResult(
  context: TaskContext,
  entity: Entity,
  counts: Counts,
  metrics: Metrics,
): TaskResult {
  const { read, landed, rejectedRecords, rejectedValues } = counts;
  context.log.info("{rows} {entity}, {landed} of them new or changed", {
    rows: read,
    entity,
    landed,
  });
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
