import { getLogger } from "@logtape/logtape";
import type { ISql } from "postgres";
import type { Config } from "../../../lib/config.ts";
import { warningsOf } from "../../../lib/dag/warnings.ts";
import { errorText } from "../../../lib/log/error_text.ts";
import { readTaskStates } from "../../../lib/run_log/task_states.ts";
import {
  type ClaimedIncident,
  claimNotification,
  finishNotification,
  readHistory,
  releaseNotification,
} from "./incidents.ts";
import { claimDrift, composeDriftMessage, endDriftClaim } from "./drift.ts";
import { composeMessage, explainedDate, type MessageParts } from "./message.ts";
import { fillTemplate } from "./template.ts";
import { DEFAULT_DELIVERY, deliver, DeliveryError, type DeliveryPolicy } from "./webhook.ts";

/** The text of `runs explain` for a DAG and a date (YYYY-MM-DD). */
export type Explain = (dagId: string, logicalDate: string) => Promise<string>;

/** What telling people takes. */
export interface NotifyOptions {
  readonly sql: ISql;
  readonly config: Pick<Config, "alertWebhookUrl" | "alertTemplate" | "businessTz">;
  readonly explain: Explain;
  /** Aborting it begins no further message. */
  readonly signal?: AbortSignal;
  readonly delivery?: DeliveryPolicy;
}

/** Far longer than an explanation and a delivery take: a claim that runs out earlier is told twice. */
const LEASE_S = 120;

const log = getLogger(["alert"]);

/**
 * Tells people of every incident that they do not know of yet, one message each for failure and recovery, and of
 * changes of the account that wait for somebody, and returns how many messages were accepted. Without
 * `ALERT_WEBHOOK_URL` it does nothing.
 *
 * What the webhook does not accept is logged and told at the next call. Throws what the warehouse throws;
 * a claim then ends by itself, within two minutes.
 */
export async function notifyPending(options: NotifyOptions): Promise<number> {
  const url = options.config.alertWebhookUrl;
  if (url === null) return 0;
  const { told, isDown } = await notifyIncidents(options, url);
  return isDown || options.signal?.aborted ? told : told + await notifyDrift(options, url);
}

async function notifyIncidents(
  options: NotifyOptions,
  url: string,
): Promise<{ readonly told: number; readonly isDown: boolean }> {
  const refused = new Map<number, ClaimedIncident>();
  let told = 0;
  let isDown = false;
  while (!options.signal?.aborted) {
    const incident = await claimNotification(options.sql, LEASE_S);
    if (!incident || refused.has(incident.incident_id)) break;
    const failure = await notify(options, url, incident);
    if (!failure) told++;
    // Kept until the end, so that one message which cannot be sent is not in the way of the others.
    else refused.set(incident.incident_id, incident);
    isDown = failure?.canGetBetter ?? false;
    if (isDown) break;
  }
  for (const incident of refused.values()) await releaseNotification(options.sql, incident);
  return { told, isDown };
}

/** All in one message: a catalog made anew changes many fields at once. */
async function notifyDrift(options: NotifyOptions, url: string): Promise<number> {
  const drifts = await claimDrift(options.sql, LEASE_S);
  if (drifts.length === 0) return 0;
  const failure = await send(options, url, composeDriftMessage(drifts));
  await endDriftClaim(options.sql, drifts, failure === null);
  if (failure) {
    log.warn("Cannot notify anyone of {count} changes in amoCRM: {error}", {
      count: drifts.length,
      error: errorText(failure),
    });
    return 0;
  }
  log.info("Notified people of {count} changes in amoCRM", { count: drifts.length });
  return 1;
}

/** Null when the message was accepted. */
async function send(
  { config, delivery }: NotifyOptions,
  url: string,
  text: string,
): Promise<DeliveryError | null> {
  try {
    await deliver(url, fillTemplate(config.alertTemplate, text), delivery ?? DEFAULT_DELIVERY);
    return null;
  } catch (error) {
    if (error instanceof DeliveryError) return error;
    throw error;
  }
}

/** Null when the message was accepted. */
async function notify(
  options: NotifyOptions,
  url: string,
  incident: ClaimedIncident,
): Promise<DeliveryError | null> {
  const text = composeMessage(await gatherParts(options, incident));
  const { dag_id: dag, logical_date: date } = incident;
  const failure = await send(options, url, text);
  if (failure) {
    log.warn("Cannot notify anyone of {dag} of {date}: {error}", {
      dag,
      date,
      error: errorText(failure),
    });
    return failure;
  }
  await finishNotification(options.sql, incident);
  const what = incident.closed_at === null ? "failure" : "recovery";
  log.info("Notified people of the {what} of {dag} of {date}", { what, dag, date });
  return null;
}

async function gatherParts(
  { sql, config, explain }: NotifyOptions,
  incident: ClaimedIncident,
): Promise<MessageParts> {
  const history = await readHistory(sql, incident.incident_id);
  const date = explainedDate(incident, history);
  const states = await readTaskStates(sql, date);
  const warnings = states.filter((state) => state.dag_id === incident.dag_id).flatMap((state) =>
    warningsOf(state.metrics ?? {}).map((warning) => ({ ...warning, taskId: state.task_id }))
  );
  const explanation = await explainOrNull(explain, incident.dag_id, date);
  return { incident, history, explanation, warnings, timeZone: config.businessTz };
}

/** A message that says less is better than none: whatever the explanation throws, people are told. */
async function explainOrNull(explain: Explain, dagId: string, date: string) {
  try {
    return await explain(dagId, date);
  } catch (error) {
    log.warn("Cannot explain {dag} of {date}: {error}", {
      dag: dagId,
      date,
      error: errorText(error),
    });
    return null;
  }
}
