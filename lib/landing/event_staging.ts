import type { TransactionSql } from "postgres";
import { z } from "zod";
import type { TaskContext, TaskResult } from "../dag/dag.ts";
import { type Metrics, querySqlFile, runSqlFile, runSqlStatement } from "../warehouse/sql_file.ts";
import { guardDeletions } from "./delete_guard.ts";
import { type EventLine, parseLine } from "./event_lines.ts";
import { ACCEPT_ALL, type Acceptance, followRental, placeOf } from "./followed_leads.ts";
import { createManifestParser } from "./manifest_parser.ts";
import { type ParsedEvent, parseEvent } from "./records/event_record.ts";
import { toMarkerRow } from "./records/marker.ts";
import type { RecordParser } from "./records/record.ts";
import {
  countRejected,
  createRejectCounts,
  refuseTooMany,
  type RejectCounts,
} from "./reject_counts.ts";
import type { EventFacts, SnapshotManifest } from "./snapshot.ts";
import { readLines, readManifest } from "./snapshot_reader.ts";
import { addToBatch, keepRejected, reject, type StagingBatch } from "./staging_batch.ts";

/** Or a few more: the reader hands on many at a time. */
const BATCH_LINES = 1_000;

/**
 * Lands a snapshot of events: the events themselves, the copies of leads that were asked for, and a marker for each
 * lead that trash, events or a confirmed absence show to be deleted; and moves the cursor.
 *
 * Throws when the snapshot is damaged, when too much did not parse, and what `guardDeletions` throws; the
 * transaction must then be rolled back.
 */
export async function stageEvents(
  tx: TransactionSql,
  context: TaskContext,
  name: string,
): Promise<TaskResult> {
  const { dataDir } = context.config;
  const manifest = await readManifest(dataDir, name);
  const { events } = manifest;
  if (!events) throw new Error(`Cannot load the snapshot ${name}: it has no events`);
  // In this order, as the merge of leads locks them.
  for (const table of ["stg.stg_leads", "stg.stg_lead_events"]) {
    await querySqlFile(tx, "stg/lock_watermark.sql", [table]);
  }
  const { leads: lastLanded } = await runSqlStatement(tx, "stg/last_landed.sql", []);
  await runSqlFile(tx, "stg/create_gathered_leads.sql");
  const load = openLoad(tx, context, manifest, events);
  let lines: Line[] = [];
  for await (const block of readLines(dataDir, name, manifest)) {
    lines.push(...block.map(({ text }) => parseLine(text)));
    if (lines.length < BATCH_LINES) continue;
    context.signal.throwIfAborted();
    await landLines(load, lines);
    lines = [];
  }
  await landLines(load, lines);
  refuseTooMany("events", load.counts.read, load.counts, context.config.maxRejectPercent);
  await landGathered(load);
  await guardDeletions(tx, context, "leads", Number(lastLanded));
  const cursor = [manifest.upperBound, Number(events.hasEvents), Number(events.isFull)];
  await runSqlStatement(tx, "stg/move_event_cursor.sql", cursor);
  const markers = await runSqlStatement(tx, "stg/count_markers.sql", [Number(lastLanded)]);
  return toResult(context, load.counts, markers);
}

type Line = ReturnType<typeof parseLine>;

interface Load {
  readonly tx: TransactionSql;
  readonly context: TaskContext;
  readonly manifest: SnapshotManifest;
  readonly parse: RecordParser;
  readonly accept: Acceptance;
  readonly counts: Counts;
}

interface Counts extends RejectCounts {
  read: number;
  eventsLanded: number;
  leadsLanded: number;
  vanishedUnsettled: number;
}

function openLoad(
  tx: TransactionSql,
  context: TaskContext,
  manifest: SnapshotManifest,
  { pipelineId }: EventFacts,
): Load {
  return {
    tx,
    context,
    manifest,
    parse: createManifestParser("leads", manifest, context.config.businessTz),
    // Without a pipeline no lead was asked for, so there is nothing to choose.
    accept: pipelineId === null ? ACCEPT_ALL : followRental(tx, pipelineId),
    counts: {
      read: 0,
      eventsLanded: 0,
      leadsLanded: 0,
      vanishedUnsettled: 0,
      ...createRejectCounts(),
    },
  };
}

async function landLines(load: Load, lines: readonly Line[]): Promise<void> {
  const of = <K extends EventLine["kind"]>(kind: K) =>
    lines.flatMap(({ observedAt, line }) => isOfKind(line, kind) ? [{ observedAt, ...line }] : []);
  const batch: StagingBatch = { rows: [], rejected: [] };
  await landEvents(load, of("event").map(({ event }) => parseEvent(event)), batch);
  const copies = of("lead");
  const places = copies.map(({ lead }) => placeOf(lead));
  const accepted = await load.accept.choose({
    ids: places.map(({ id }) => id),
    pipelines: places.map(({ pipeline }) => pipeline),
  });
  for (const { observedAt, lead } of accepted.flatMap((i) => copies[i] ?? [])) {
    const parsed = load.parse(lead, observedAt);
    addToBatch(batch, "leads", parsed);
    countRejected(load.counts, parsed);
  }
  await judgeVanished(load, of("vanished"), batch);
  await keepRejected(load.tx, batch, load.context.runId);
  await gather(load, batch.rows);
  const asked = of("asked").map(({ id, scan_at }) => ({ id, scan_at }));
  if (asked.length > 0) {
    await runSqlStatement(load.tx, "stg/settle_missing_leads.sql", [JSON.stringify(asked)]);
  }
  load.counts.read += lines.length;
  load.context.progress(`${load.counts.read.toLocaleString("en")} events and leads`);
}

function isOfKind<K extends EventLine["kind"]>(
  line: EventLine,
  kind: K,
): line is Extract<EventLine, { kind: K }> {
  return line.kind === kind;
}

/** Lands events, and gathers a marker for each that says that its lead was deleted. */
async function landEvents(
  { tx, context, counts }: Load,
  events: readonly ReturnType<typeof parseEvent>[],
  batch: StagingBatch,
): Promise<void> {
  const rows: ParsedEvent["row"][] = [];
  for (const parsed of events) {
    reject(batch, "lead_events", parsed);
    countRejected(counts, parsed);
    if (parsed.row === null) continue;
    rows.push(parsed.row);
    if (parsed.row.type === "lead_deleted") batch.rows.push(markerOf(parsed.row, parsed.event));
  }
  if (rows.length === 0) return;
  const { rows_landed: landed } = await runSqlStatement(tx, "stg/load_lead_events.sql", [
    JSON.stringify(rows),
    context.runId,
    context.logicalDate.toString(),
  ]);
  counts.eventsLanded += Number(landed);
}

function markerOf({ lead_id: id, created_at: at }: ParsedEvent["row"], event: object) {
  return toMarkerRow({
    id,
    deletedBy: "event",
    observedAt: at,
    updatedAt: at,
    payload: event,
  });
}

const judgedRows = z.array(z.object({
  id: z.string().transform(Number),
  deleted_by: z.enum(["event", "absence"]),
  event: z.record(z.string(), z.unknown()).nullable(),
  deleted_at: z.string(),
}));

/** Gathers a marker for each lead that is nowhere any more, as far as events or a read of all leads say since when. */
async function judgeVanished(
  { tx, manifest, counts }: Load,
  vanished: readonly { readonly id: number; readonly scan_at: string | null }[],
  batch: StagingBatch,
): Promise<void> {
  if (vanished.length === 0) return;
  const leads = JSON.stringify(vanished.map(({ id, scan_at }) => ({ id, scan_at })));
  const values = [leads, manifest.upperBound];
  const rows = await querySqlFile(tx, "stg/judge_vanished_leads.sql", values);
  const judged = judgedRows.parse([...rows]);
  for (const { id, deleted_by: deletedBy, event, deleted_at: at } of judged) {
    const observedAt = Temporal.Instant.from(at).toString();
    const payload = event ?? { id };
    batch.rows.push(toMarkerRow({ id, deletedBy, observedAt, updatedAt: observedAt, payload }));
  }
  counts.vanishedUnsettled += vanished.length - judged.length;
}

async function gather({ tx }: Load, rows: StagingBatch["rows"]): Promise<void> {
  if (rows.length === 0) return;
  await runSqlStatement(tx, "stg/gather_leads.sql", [JSON.stringify(rows)]);
}

/** Lands what was gathered, all rows of a lead at once: only then do they meet in their order. */
async function landGathered({ tx, context, counts }: Load): Promise<void> {
  for (let last: string | null = "0"; last !== null;) {
    const taken: Metrics = await runSqlStatement(tx, "stg/take_gathered_leads.sql", [last]);
    last = typeof taken.last_id === "string" ? taken.last_id : null;
    if (last === null) return;
    const { rows_landed: landed } = await runSqlStatement(tx, "stg/load_leads.sql", [
      String(taken.copies),
      context.runId,
      context.logicalDate.toString(),
      String(taken.payloads),
    ]);
    counts.leadsLanded += Number(landed);
    context.signal.throwIfAborted();
  }
}

function toResult({ log }: TaskContext, counts: Counts, markers: Metrics): TaskResult {
  const { read, eventsLanded, leadsLanded, rejectedRecords, rejectedValues } = counts;
  if (eventsLanded + leadsLanded === 0) {
    log.info("Nothing new in the events");
  } else {
    const events = eventsLanded === 0 ? "no new events" : "{events} new events";
    const leads = leadsLanded === 0 ? "" : ", {leads} new rows of leads";
    log.info(`${events}${leads}`, { events: eventsLanded, leads: leadsLanded });
  }
  return {
    rowsRead: read,
    rowsWritten: eventsLanded + leadsLanded,
    metrics: {
      rows_read: read,
      rows_written: eventsLanded + leadsLanded,
      events_landed: eventsLanded,
      leads_landed: leadsLanded,
      ...markers,
      // Neither by id nor in the trash, and no evidence since when: the next read of all leads decides.
      leads_unsettled: counts.vanishedUnsettled,
      warning_records_rejected: rejectedRecords,
      warning_values_rejected: rejectedValues,
    },
  };
}
