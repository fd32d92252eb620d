import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import type { Metrics } from "../../lib/warehouse/sql_file.ts";
import {
  land,
  landEvents,
  listStatuses,
  MERGES,
  runFiles,
  type StagedEvent,
  type StagedRow,
} from "./staged.ts";

/** The rental pipeline of the tests and its statuses; 142 and 143 are in every pipeline. */
export const RENTALS = 10;
export const OTHER = 20;
export const INQUIRY = 1;
export const CONFIRMED = 4;
export const ON_RENT = 5;
export const RETURNED = 6;
export const CLOSED = 142;
export const CANCELLED = 143;

const STATUSES: Readonly<Record<number, string>> = {
  [INQUIRY]: "Inquiry",
  [CONFIRMED]: "Confirmed",
  [ON_RENT]: "On Rent",
  [RETURNED]: "Returned",
  [CLOSED]: "Closed",
  [CANCELLED]: "Cancelled / No-show",
};

/** What of a day's extract a test wants to land. */
export interface Landed {
  readonly leads?: readonly StagedRow[];
  readonly cars?: readonly StagedRow[];
  readonly clients?: readonly StagedRow[];
  readonly events?: readonly StagedEvent[];
}

/** Lands copies and runs every merge of a logical date; the metrics by SQL file. */
export async function liveDay(
  warehouse: Warehouse,
  logicalDate: string,
  landed: Landed = {},
  settings: Readonly<Record<string, string>> = {},
  stages = STATUSES,
): Promise<ReadonlyMap<string, Metrics>> {
  await land(warehouse, "stg_cars", landed.cars ?? []);
  await land(warehouse, "stg_clients", landed.clients ?? []);
  await land(warehouse, "stg_leads", landed.leads ?? []);
  await landEvents(warehouse, landed.events ?? []);
  await listStatuses(warehouse, {
    [RENTALS]: ["Car Rental", stages],
    [OTHER]: ["Corporate", { [CLOSED]: "Signed", [CANCELLED]: "Lost", 7: "Confirmed" }],
  });
  const metrics = await runFiles(warehouse, logicalDate, MERGES, settings);
  return new Map(MERGES.map((path, i) => [path, metrics[i] ?? {}]));
}

/** "2026-05-01 10:00" in Dubai, the business time zone of the tests (UTC+4, no summer time). */
export function dubai(text: string): string {
  return `${text.replace(" ", "T")}:00+04:00`;
}

/** A copy of a lead, seen the moment it was updated. */
export function lead(id: number, updatedAt: string, columns: StagedRow): StagedRow {
  return {
    id,
    pipeline_id: RENTALS,
    created_at: dubai("2026-05-01 08:00"),
    updated_at: dubai(updatedAt),
    ...columns,
  };
}

/** A copy of a car or a client. */
export function element(id: number, updatedAt: string, columns: StagedRow): StagedRow {
  return { id, created_at: dubai("2026-05-01 07:00"), updated_at: dubai(updatedAt), ...columns };
}

/** A status of a pipeline, [pipeline, status]; a number alone is one of the rental pipeline. */
export type Status = number | readonly [number, number];

/** An event that tells a change of status, at a moment in Dubai to the second: "2026-05-01 10:00:07". */
export function moved(leadId: number, at: string, from: Status, to: Status): StagedEvent {
  return {
    id: `${leadId} ${at} ${from} ${to}`,
    lead_id: leadId,
    type: "lead_status_changed",
    created_at: dubaiSecond(at),
    before: [toSide(from)],
    after: [toSide(to)],
  };
}

/** An event that tells that a lead came back from the trash. */
export function restored(leadId: number, at: string): StagedEvent {
  return {
    id: `${leadId} ${at} restored`,
    lead_id: leadId,
    type: "lead_restored",
    created_at: dubaiSecond(at),
  };
}

function dubaiSecond(text: string): string {
  return `${text.replace(" ", "T")}+04:00`;
}

function toSide(status: Status): object {
  const [pipeline_id, id] = typeof status === "number" ? [RENTALS, status] : status;
  return { lead_status: { id, pipeline_id } };
}
