import { scanLeads } from "../../lib/amocrm/lead_scan.ts";
import { createLeadParser } from "../../lib/landing/records/lead_record.ts";
import type { StgRow } from "../../lib/landing/records/record.ts";
import type { LoaderSession } from "../account/loader_command.ts";
import type { LeadContent } from "./lead_content.ts";
import type { RentalAccount } from "./rental_account.ts";
import { type Stage, STAGES } from "./stages.ts";

export type LeadRecord = Readonly<Record<string, unknown>>;

/** A lead of the rental pipeline as it is now. */
export interface ExistingLead extends LeadContent {
  readonly id: number;
  readonly name: string;
  /** Null: in a stage that the loaders do not know. */
  readonly stage: Stage | null;
  /** The linked element of each catalog: null for none, 0 for several. */
  readonly carId: number | null;
  readonly clientId: number | null;
  /** As it came. */
  readonly record: LeadRecord;
}

// Nothing is created later, so this asks for everything.
/**
 * Reads all leads of the rental pipeline, in order of their ids.
 *
 * Whatever filter the account honoured: a lead that does not say itself that it is in the pipeline is left out,
 * so that nobody writes to it.
 */
export async function readLeads(
  { client, log, signal }: Pick<LeadTools, "client" | "log" | "signal">,
  account: RentalAccount,
): Promise<ExistingLead[]> {
  const { pipeline, fields, zones, carsCatalogId, clientsCatalogId } = account;
  const parse = createLeadParser({ fields, zones, carsCatalogId, clientsCatalogId });
  // By id: a lead comes once more when it has changed in between.
  const leads = new Map<number, ExistingLead>();
  const options = { pipelineId: pipeline.id, log, signal };
  await scanLeads(client, options, (records, observedAt) => {
    for (const record of records) {
      const { row } = parse(record, observedAt.toString());
      if (row === null || row.is_deleted === true || row.pipeline_id !== pipeline.id) continue;
      if (!isRecord(record)) continue;
      leads.set(Number(row.id), toLead(row, record, account));
    }
    return Promise.resolve();
  });
  return [...leads.values()].sort((a, b) => a.id - b.id);
}

function isRecord(value: unknown): value is LeadRecord {
  return typeof value === "object" && value !== null;
}

function toLead(row: StgRow, record: LeadRecord, account: RentalAccount): ExistingLead {
  const statusId = Number(row.status_id);
  return {
    id: Number(row.id),
    name: textOrNull(row.name) ?? "",
    stage: STAGES.find((stage) => account.statusIds[stage] === statusId) ?? null,
    statusId,
    price: Number(row.budget),
    model: textOrNull(row.model),
    plate: textOrNull(row.plate),
    dailyrate: numberOrNull(row.dailyrate),
    client_name: textOrNull(row.client_name),
    license: textOrNull(row.license),
    rental_start: toDay(row.rental_start, account.zones.business),
    rental_end: toDay(row.rental_end, account.zones.business),
    carId: numberOrNull(row.car_element_id),
    clientId: numberOrNull(row.client_element_id),
    record,
  };
}

type RowValue = StgRow[string] | undefined;

function textOrNull(value: RowValue): string | null {
  return typeof value === "string" ? value : null;
}

function numberOrNull(value: RowValue): number | null {
  return typeof value === "string" || typeof value === "number" ? Number(value) : null;
}

function toDay(value: RowValue, timeZone: string): string | null {
  if (typeof value !== "string") return null;
  return Temporal.Instant.from(value).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** What reading and writing leads takes: a loader's session, or what the demo has of it. */
export type LeadTools = Pick<
  LoaderSession,
  "client" | "writer" | "progress" | "log" | "signal" | "mode"
>;
