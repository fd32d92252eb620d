import type { ISql } from "postgres";
import { z } from "zod";
import { querySqlFile } from "../warehouse/sql_file.ts";

const claimedIncidents = z.array(z.object({
  incident_id: z.number(),
  dag_id: z.string(),
  /** As the database writes it: a `Date` would lose its microseconds. */
  telling_until: z.string(),
  is_failure_told: z.boolean(),
  /** Date of the run that opened it. */
  logical_date: z.string(),
  opened_at: z.date(),
  /** Null: it goes on. */
  closed_at: z.date().nullable(),
}));

/** An incident of which people are to be told, held by this process until `telling_until`. */
export type ClaimedIncident = z.infer<typeof claimedIncidents>[number];

/**
 * Takes the oldest incident of which people are still to be told, for `leaseS` seconds by the database's
 * clock; null when there is none, or others have them all.
 */
export async function claimTelling(sql: ISql, leaseS: number): Promise<ClaimedIncident | null> {
  const rows = await querySqlFile(sql, "ops/claim_telling.sql", [leaseS]);
  return claimedIncidents.parse([...rows])[0] ?? null;
}

/** Notes that people were told of all that `incident` shows: its failure, and its recovery if it is closed. */
export async function finishTelling(sql: ISql, incident: ClaimedIncident): Promise<void> {
  const told = incident.closed_at === null ? "failure" : "recovery";
  await querySqlFile(sql, "ops/finish_telling.sql", [incident.incident_id, told]);
}

/** Gives a claim back, so that the next heartbeat can tell. */
export async function releaseTelling(sql: ISql, incident: ClaimedIncident): Promise<void> {
  await querySqlFile(sql, "ops/release_telling.sql", [
    incident.incident_id,
    incident.telling_until,
  ]);
}
