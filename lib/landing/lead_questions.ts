import { z } from "zod";
import { lookUp, type ShownRecord } from "../amocrm/look_up.ts";
import { findVanishedLeads, LEADS_ROUTE } from "../amocrm/vanished_leads.ts";
import { toLine } from "./event_lines.ts";
import type { EventReading } from "./event_reading.ts";
import { listLiveLeads } from "./live_leads.ts";

/** How many leads were asked for by id, and what became of those that were not shown. */
export interface Questions {
  readonly counts: {
    readonly leads_asked: number;
    readonly leads_shown: number;
    /** Known leads that are there, though this token may not see them. */
    readonly leads_hidden: number;
    /** Known leads of which nothing can be said. */
    readonly warning_leads_unknown: number;
    /** Known leads that are neither there nor in the trash. */
    readonly leads_vanished: number;
  };
}

const missingRows = z.array(z.object({ id: z.string().transform(Number), scan_at: z.string() }));

/** Leads that are asked for before the next ones, so that memory stays flat. */
const AT_ONCE = 1_000;

/**
 * Asks for the leads that new events mention and for those that the last read of all leads has missed, and writes
 * what the account says of them into the snapshot.
 */
export async function askForLeads(reading: EventReading): Promise<Questions> {
  const counts = {
    leads_asked: 0,
    leads_shown: 0,
    leads_hidden: 0,
    warning_leads_unknown: 0,
    leads_vanished: 0,
  };
  for (let last = 0;;) {
    const rows = await reading.context.query("stg/list_missing_lead_ids.sql", [last]);
    const missing = missingRows.parse([...rows]);
    const end = missing.at(-1);
    if (!end) break;
    const since = new Map(missing.map(({ id, scan_at }) => [id, scan_at]));
    await ask(reading, [...since.keys()], since, counts);
    for (const id of since.keys()) reading.mentioned.delete(id);
    last = end.id;
  }
  const mentioned = [...reading.mentioned].sort((a, b) => a - b);
  for (let done = 0; done < mentioned.length; done += AT_ONCE) {
    await ask(reading, mentioned.slice(done, done + AT_ONCE), new Map(), counts);
  }
  return { counts };
}

type Counts = { -readonly [name in keyof Questions["counts"]]: number };

async function ask(
  reading: EventReading,
  ids: readonly number[],
  missingSince: ReadonlyMap<number, string>,
  counts: Counts,
): Promise<void> {
  const { crm: { client }, context: { signal, progress } } = reading;
  const handOn = (shown: readonly ShownRecord[]) => writeLeads(reading, shown);
  const { shown } = await lookUp(client, LEADS_ROUTE, ids, signal, handOn);
  const rest = await listLive(reading, ids.filter((id) => !shown.has(id)));
  const found = await findVanishedLeads(client, rest, signal, handOn);
  const gone = found.gone.map((id) =>
    toLine({ kind: "vanished", id, scan_at: missingSince.get(id) ?? null })
  );
  const asked = [...missingSince].map(([id, scan_at]) => toLine({ kind: "asked", id, scan_at }));
  await reading.snapshot.write([...gone, ...asked], reading.account.serverTime);
  counts.leads_asked += ids.length;
  counts.leads_shown += shown.size + found.shown.length;
  counts.leads_hidden += found.refused.length;
  counts.warning_leads_unknown += found.unknown.length;
  counts.leads_vanished += found.gone.length;
  progress(`${counts.leads_asked.toLocaleString("en")} leads asked for`);
}

async function writeLeads(
  { snapshot }: EventReading,
  shown: readonly ShownRecord[],
): Promise<void> {
  for (const { record, observedAt } of shown) {
    await snapshot.write([toLine({ kind: "lead", lead: record })], observedAt);
  }
}

/** Those of the leads that are live by their newest row, and of whose end since then no event speaks. */
async function listLive(
  { context, deletions }: EventReading,
  ids: readonly number[],
): Promise<number[]> {
  const live = await listLiveLeads(context, ids);
  return live.filter(({ id, seenAt }) => !deletions.isDeleted(id, seenAt)).map(({ id }) => id);
}
