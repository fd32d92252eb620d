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
 * Tells people of every incident that they do not know of yet, one message each for failure and recovery, and
 * returns how many messages were accepted. Without `ALERT_WEBHOOK_URL` it does nothing.
 *
 * What the webhook does not accept is logged and told at the next call. Throws what the warehouse throws;
 * a claim then ends by itself, within two minutes.
 */
export async function notifyPending(options: NotifyOptions): Promise<number> {
  if (options.config.alertWebhookUrl === null) return 0;
  const refused = new Map<number, ClaimedIncident>();
  let told = 0;
  while (!options.signal?.aborted) {
    const incident = await claimNotification(options.sql, LEASE_S);
    if (!incident || refused.has(incident.incident_id)) break;
    const failure = await notify(options, options.config.alertWebhookUrl, incident);
    if (!failure) told++;
    // Kept until the end, so that one message which cannot be sent is not in the way of the others.
    else refused.set(incident.incident_id, incident);
    if (failure?.canGetBetter) break;
  }
  for (const incident of refused.values()) await releaseNotification(options.sql, incident);
  return told;
}

/** Null when the message was accepted. */
async function notify(
  options: NotifyOptions,
  url: string,
  incident: ClaimedIncident,
): Promise<DeliveryError | null> {
  const text = composeMessage(await gatherParts(options, incident));
  const { dag_id: dag, logical_date: date } = incident;
  try {
    const body = fillTemplate(options.config.alertTemplate, text);
    await deliver(url, body, options.delivery ?? DEFAULT_DELIVERY);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    log.warn("Nobody was told of {dag} of {date}: {error}", { dag, date, error: errorText(error) });
    return error;
  }
  await finishNotification(options.sql, incident);
  const what = incident.closed_at === null ? "failure" : "recovery";
  log.info("People were told of the {what} of {dag} of {date}", { what, dag, date });
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
