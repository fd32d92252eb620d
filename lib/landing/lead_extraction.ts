import type { Account } from "../amocrm/account.ts";
import { AmoError } from "../amocrm/answers.ts";
import { NotFiltered, scanChangedLeads } from "../amocrm/changed_leads.ts";
import type { FieldsByColumn } from "../amocrm/fields.ts";
import { MOST_PASSES } from "../amocrm/lead_ties.ts";
import { type RecordSink, scanLeads, workersFor } from "../amocrm/lead_scan.ts";
import type { TaskContext, TaskResult } from "../dag/dag.ts";
import { type Crm, extractToSnapshot, type ReadResult } from "./extraction.ts";
import { confirmLiveCopies } from "./live_copies.ts";
import { readLeadPlaces } from "./lead_places.ts";
import { chooseReading, FULL_REASONS, type LeadCursor, toLeadCursor } from "./lead_reading.ts";
import { toEntries } from "./drift_record.ts";
import type { LeadFacts } from "./snapshot.ts";
import { hasRenamedOption, type SchemaEntry } from "./source_schema.ts";

/**
 * Reads into a snapshot the leads of all pipelines that changed since the last complete read, or all of them, as
 * `chooseReading` says. An account that does not filter by the time of change is read as a whole, with a warning.
 */
export async function extractLeads(context: TaskContext): Promise<TaskResult> {
  return await extractToSnapshot(context, "leads", async (crm, account) => {
    requireServerTime(account);
    const { fields: allFields, ...ids } = await readLeadPlaces(crm);
    return {
      fields: allFields,
      carsCatalogId: ids.carsCatalogId,
      clientsCatalogId: ids.clientsCatalogId,
      read: (sink, fields, schema) => {
        const zones = [account.timeZone, context.config.businessTz];
        const source = {
          ...crm,
          account,
          pipelineId: ids.pipelineId,
          settled: describe({ ...ids, zones }, fields),
          schema,
        };
        return readSettled(context, source, confirmLiveCopies(context, crm.client, sink));
      },
    };
  });
}

/** The cursor is the CRM's time: this machine's clock must never stand in for it. */
function requireServerTime({ isDated }: Account): void {
  if (isDated) return;
  throw new AmoError(
    "Cannot read leads by the time of their change: the answer has no Date header, expected one: " +
      "let it through in what stands between this program and amoCRM (AMO_BASE_URL)",
    null,
  );
}

/** As of `LeadFacts.settings`: one text for equal facts, whatever order they came in. */
function describe(ids: object, fields: FieldsByColumn): string {
  const sorted = Object.entries(fields).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([column, { id, type }]) => [column, id, type]);
  return JSON.stringify({ ...ids, fields: sorted });
}

interface LeadSource extends Crm {
  readonly account: Account;
  readonly pipelineId: number;
  /** As of `LeadFacts.settings`. */
  readonly settled: string;
  readonly schema: readonly SchemaEntry[];
  readonly onUnsettledTies: () => void;
}

/** Reads leads and says where those of one second never came to rest. */
async function readSettled(
  context: TaskContext,
  source: Omit<LeadSource, "onUnsettledTies">,
  sink: RecordSink,
): Promise<ReadResult> {
  let unsettled = 0;
  const read = await readLeads(context, { ...source, onUnsettledTies: () => unsettled++ }, sink);
  if (unsettled === 0) return read;
  context.log.warn(
    "Leads that can only be read by page number changed during each of {passes} passes, {unsettled} times: the next " +
      "run reads what has moved; if this happens again, run when no import is under way, or with --full after it",
    { passes: MOST_PASSES, unsettled },
  );
  return { ...read, metrics: { ...read.metrics, warning_ties_unsettled: unsettled } };
}

async function readLeads(
  context: TaskContext,
  source: LeadSource,
  sink: RecordSink,
): Promise<ReadResult> {
  const { account: { serverTime: upperBound }, settings: { overlapMinutes }, settled } = source;
  const cursor = await readCursor(context, source);
  const { logicalDate, full, config: { fullScanWeekday } } = context;
  const wish = {
    logicalDate,
    fullScanWeekday,
    full,
    settings: settled,
    overlapMinutes,
    upperBound,
  };
  const reading = chooseReading(cursor, wish);
  if (reading.kind === "full") {
    context.log.info("Reading all leads, since {reason}", { reason: FULL_REASONS[reading.reason] });
    return await readAll(context, source, cursor, sink);
  }
  context.log.info("Reading the leads that changed since {from}", { from: String(reading.from) });
  try {
    await scanChangedLeads(source.client, {
      from: toSeconds(reading.from),
      to: toSeconds(upperBound),
      log: context.log,
      signal: context.signal,
      onUnsettledTies: source.onUnsettledTies,
    }, sink);
  } catch (error) {
    if (!(error instanceof NotFiltered)) throw error;
    context.log.warn(
      "amoCRM did not filter or order leads by the time of their change as asked ({found}): reading all of them",
      { found: error.message },
    );
    const { metrics, ...rest } = await readAll(context, source, cursor, sink);
    return { metrics: { ...metrics, warning_filter_ignored: 1 }, ...rest };
  }
  const from = String(reading.from);
  return {
    metrics: { is_full_scan: 0 },
    leads: { ...factsOf(source, cursor), isFull: false, from },
  };
}

async function readCursor({ query }: TaskContext, { schema }: LeadSource): Promise<LeadCursor> {
  const cursor = toLeadCursor(await query("stg/read_lead_cursor.sql", []));
  const past = toEntries(await query("ops/read_source_schema.sql", ["leads"]));
  // Leads show another text then, under the old time of change.
  return hasRenamedOption(past, schema) ? { ...cursor, settings: null } : cursor;
}

async function readAll(
  { log, signal }: TaskContext,
  source: LeadSource,
  cursor: LeadCursor,
  sink: RecordSink,
): Promise<ReadResult> {
  const workers = workersFor(source.settings.requestsPerSecond);
  const { onUnsettledTies } = source;
  const scan = { pipelineId: null, log, signal, workers, onUnsettledTies };
  const { isFallback } = await scanLeads(source.client, scan, sink);
  return {
    metrics: { is_full_scan: 1, warning_read_by_page: Number(isFallback) },
    leads: { ...factsOf(source, cursor), isFull: true, from: null },
  };
}

function factsOf(
  { pipelineId, settled, settings: { overlapMinutes } }: LeadSource,
  { cursorAt, settings }: LeadCursor,
): Omit<LeadFacts, "isFull" | "from"> {
  // Read otherwise than before, every lead differs from its last copy, and nothing was missed.
  const isAlike = cursorAt !== null && settings === settled;
  return {
    pipelineId,
    cursor: isAlike ? String(cursorAt) : null,
    overlapMinutes,
    settings: settled,
  };
}

function toSeconds(instant: Temporal.Instant): number {
  return Math.floor(instant.epochMilliseconds / 1000);
}
