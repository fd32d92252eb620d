import { z } from "zod";
import { readAccount } from "../amocrm/account.ts";
import { type LeadEvent, walkLeadEvents } from "../amocrm/events.ts";
import { type FieldsByColumn, resolveFields } from "../amocrm/fields.ts";
import { readLeadTrash } from "../amocrm/lead_trash.ts";
import type { TaskContext, TaskResult } from "../dag/dag.ts";
import { readEventCursor } from "./event_cursor.ts";
import { toLine } from "./event_lines.ts";
import { createDeletions, type EventReading } from "./event_reading.ts";
import { openCrm } from "./extraction.ts";
import { readLeadPlaces } from "./lead_places.ts";
import { askForLeads } from "./lead_questions.ts";
import { listLiveLeads } from "./live_leads.ts";
import { createSnapshot } from "./snapshot.ts";

const leadIds = z.array(z.object({ id: z.string().transform(Number) }));

/**
 * Reads into a snapshot the events of leads since the last run, the trash, and by id the leads that new events
 * mention or that a read of all leads has missed.
 */
export async function extractEvents(context: TaskContext): Promise<TaskResult> {
  const crm = openCrm(context);
  const account = await readAccount(crm.client);
  const cursor = await readEventCursor(context, account.serverTime);
  await using snapshot = await createSnapshot({
    dataDir: context.config.dataDir,
    entity: "events",
    date: context.logicalDate.toString(),
    runId: context.runId,
  });
  const reading: EventReading = {
    context,
    crm,
    account,
    cursor,
    snapshot,
    mentioned: new Set(),
    deletions: createDeletions(),
  };
  const events = await readFeed(reading);
  const trashed = await readTrash(reading);
  const asked = await askForLeads(reading);
  const { pipelineId, ...parsing } = asked.counts.leads_asked > 0
    ? await readParsing(reading)
    : NO_PARSING;
  const name = await snapshot.finish({
    entity: "events",
    accountTimeZone: account.timeZone,
    upperBound: account.serverTime.toString(),
    ...parsing,
    events: { pipelineId, isFull: cursor.isFull, hasEvents: events > 0 },
  });
  context.log.info("{rows} events", { rows: events });
  const metrics = { rows_read: events, is_full_scan: Number(cursor.isFull), trashed };
  return { rowsRead: events, metrics: { ...metrics, ...asked.counts, snapshot: name } };
}

async function readFeed(reading: EventReading): Promise<number> {
  const { context, crm: { client }, account, cursor, snapshot } = reading;
  const to = Math.floor(account.serverTime.epochMilliseconds / 1000);
  let count = 0;
  const walk = { from: cursor.from, to, log: context.log, signal: context.signal };
  await walkLeadEvents(client, walk, async (events, odd, observedAt) => {
    const records = [...events.map(({ record }) => record), ...odd];
    await snapshot.write(records.map((event) => toLine({ kind: "event", event })), observedAt);
    for (const event of events) reading.deletions.note(event);
    for (const id of await listLeadsToAsk(reading, events)) reading.mentioned.add(id);
    count += records.length;
    context.progress(`${count.toLocaleString("en")} events`);
  });
  return count;
}

async function listLeadsToAsk(
  { context, cursor }: EventReading,
  events: readonly LeadEvent[],
): Promise<number[]> {
  const mentions = events.map(({ id, leadId, type, createdAt }) => ({
    id,
    lead_id: leadId,
    type,
    created_at: Temporal.Instant.fromEpochMilliseconds(createdAt * 1000).toString(),
  }));
  const values = [JSON.stringify(mentions), cursor.leadsSince];
  const rows = await context.query("stg/list_leads_to_ask.sql", values);
  return leadIds.parse([...rows]).map(({ id }) => id);
}

async function readTrash({ context, crm, cursor, snapshot }: EventReading): Promise<number> {
  const { log, signal } = context;
  const countSettled = async (ids: readonly number[]) =>
    ids.length - (await listLiveLeads(context, ids)).length;
  return await readLeadTrash(
    crm.client,
    { isWhole: cursor.isFull, countSettled, log, signal },
    async ([first, ...others]) => {
      if (!first) return;
      const lines = [first, ...others].map(({ record }) => toLine({ kind: "lead", lead: record }));
      await snapshot.write(lines, first.observedAt);
    },
  );
}

/** What the load must know to parse leads. */
interface Parsing {
  readonly fields: FieldsByColumn;
  readonly carsCatalogId: number | null;
  readonly clientsCatalogId: number | null;
  readonly pipelineId: number | null;
}

const NO_PARSING: Parsing = {
  fields: {},
  carsCatalogId: null,
  clientsCatalogId: null,
  pipelineId: null,
};

/** Costs three requests, which a run that asks for no lead can do without. */
async function readParsing(
  { context: { log }, crm }: EventReading,
): Promise<Parsing> {
  const { fields, ...places } = await readLeadPlaces(crm);
  return {
    ...places,
    fields: resolveFields("leads", fields, crm.settings.fieldMap.leads, log),
  };
}
