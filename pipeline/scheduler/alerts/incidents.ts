import type { ISql } from "postgres";
import { z } from "zod";
import { MOST_WORKER_DEATHS } from "../../../lib/run_log/dag_run.ts";
import { querySqlFile } from "../../../lib/warehouse/sql_file.ts";

/**
 * Opens the incident of a DAG that has just failed for good for a date, or closes the one that its success
 * ends. The run log alone decides, so it may be called after any end, and more than once.
 *
 * An incident opens when a task of the DAG's own has failed and its retries are spent; not for what its
 * upstream, a person or the end of the process did. It closes with the success of its date or a later one.
 */
export async function recordDagEnd(
  sql: ISql,
  dagId: string,
  logicalDate: Temporal.PlainDate | string,
): Promise<void> {
  await record(sql, [dagId, logicalDate.toString(), null]);
}

/**
 * The same for all ends that nobody has recorded: of a process that died before it could, of a task that has
 * killed too many workers, and of runs by hand. Failures count when they are of today or yesterday, in
 * `timeZone`; successes whenever they are.
 */
export async function recordMissedEnds(sql: ISql, timeZone: string): Promise<void> {
  await record(sql, [null, null, timeZone]);
}

type Scope = readonly [dagId: string | null, logicalDate: string | null, timeZone: string | null];

async function record(sql: ISql, scope: Scope): Promise<void> {
  await querySqlFile(sql, "ops/open_incidents.sql", [...scope, MOST_WORKER_DEATHS]);
  await querySqlFile(sql, "ops/close_incidents.sql", [MOST_WORKER_DEATHS]);
}

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
export async function claimNotification(
  sql: ISql,
  leaseS: number,
): Promise<ClaimedIncident | null> {
  const rows = await querySqlFile(sql, "ops/claim_notification.sql", [leaseS]);
  return claimedIncidents.parse([...rows])[0] ?? null;
}

/** Notes that people were told of all that `incident` shows: its failure, and its recovery if it is closed. */
export async function finishNotification(sql: ISql, incident: ClaimedIncident): Promise<void> {
  const told = incident.closed_at === null ? "failure" : "recovery";
  await querySqlFile(sql, "ops/finish_notification.sql", [incident.incident_id, told]);
}

/** Gives a claim back, so that the next heartbeat can tell. */
export async function releaseNotification(sql: ISql, incident: ClaimedIncident): Promise<void> {
  await querySqlFile(sql, "ops/release_notification.sql", [
    incident.incident_id,
    incident.telling_until,
  ]);
}

const histories = z.array(z.object({
  /** The task that failed, and its error; null when the run log no longer has them. */
  task_id: z.string().nullable(),
  error: z.string().nullable(),
  /** Whether the date that opened the incident has succeeded. */
  is_repaired: z.boolean(),
  /** The first later date that has succeeded since. */
  later_date: z.string().nullable(),
}));

/** What the run log knows of an incident. */
export type IncidentHistory = z.infer<typeof histories>[number];

/** Reads how an incident came about and how its DAG stands now. */
export async function readHistory(sql: ISql, incidentId: number): Promise<IncidentHistory> {
  const rows = await querySqlFile(sql, "ops/read_incident_history.sql", [incidentId]);
  const [history] = histories.parse([...rows]);
  if (history) return history;
  throw new Error(
    `Cannot notify people of incident ${incidentId}: found no such row, expected it in ops.incident`,
  );
}
