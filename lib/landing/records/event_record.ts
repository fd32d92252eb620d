import type { RejectedValue } from "./columns.ts";
import { isRecord, reject, type RejectedRecord } from "./record.ts";
import { makeStorable } from "./storable.ts";
import { parseSeconds } from "./times.ts";

/** A row of `stg.stg_lead_events`. */
export interface EventRow {
  readonly id: string;
  readonly lead_id: number;
  readonly survivor_id: number | null;
  readonly type: string;
  readonly before: unknown;
  readonly after: unknown;
  /** ISO instant. */
  readonly created_at: string;
}

/** An event as a row, with the sides of it that did not parse, and the event itself. */
export interface ParsedEvent {
  readonly row: EventRow;
  /** Of the lead. */
  readonly id: number;
  readonly rejected: readonly RejectedValue[];
  readonly event: object;
}

/** Parses an event of a lead as GET /events gives it. A side that holds no stage lands all the same. */
export function parseEvent(given: unknown): ParsedEvent | RejectedRecord {
  const { value } = makeStorable(given);
  if (!isRecord(value)) return reject(given, null, "not an object");
  const { id, type, entity_id: leadId, created_at } = value;
  if (!isWhole(leadId) || value.entity_type !== "lead") return reject(given, null, "no lead");
  if (typeof id !== "string" || id === "") return reject(given, leadId, "no id");
  if (typeof type !== "string" || type === "") return reject(given, leadId, "no type");
  const created = parseSeconds(created_at);
  if (!("value" in created) || created.value === null) {
    return reject(given, leadId, "no created_at");
  }
  const row = {
    id,
    lead_id: leadId,
    survivor_id: type === "entity_merged" ? survivorOf(value, leadId) : null,
    type,
    before: value.value_before ?? [],
    after: value.value_after ?? [],
    created_at: created.value,
  };
  return {
    row,
    id: leadId,
    rejected: type === "lead_status_changed" ? rejectSides(value) : [],
    event: value,
  };
}

function rejectSides(event: Readonly<Record<string, unknown>>): RejectedValue[] {
  return ["value_before", "value_after"].filter((field) => !holdsStage(event[field]))
    .map((field) => ({
      field,
      raw: JSON.stringify(event[field] ?? null),
      reason: "not a stage of a pipeline",
    }));
}

/** `[{ "lead_status": { "id": 142, "pipeline_id": 7 } }]`. */
function holdsStage(side: unknown): boolean {
  const [first]: unknown[] = Array.isArray(side) ? side : [];
  const status = isRecord(first) ? first.lead_status : null;
  return isRecord(status) && isWhole(status.id) && isWhole(status.pipeline_id);
}

/** The lead that lives on, where a side links to one: mostly the feed names one lead of the two. */
function survivorOf(event: Readonly<Record<string, unknown>>, leadId: number): number | null {
  const sides = [event.value_after, event.value_before];
  const items = sides.flatMap((side) => Array.isArray(side) ? side : []);
  for (const item of items) {
    const link = isRecord(item) ? item.link : null;
    const entity = isRecord(link) ? link.entity : null;
    if (!isRecord(entity) || entity.type !== "lead" || !isWhole(entity.id)) continue;
    if (entity.id !== leadId) return entity.id;
  }
  return null;
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
