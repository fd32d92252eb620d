import { getLogger } from "@logtape/logtape";
import { errorText } from "../../../lib/log/error_text.ts";
import type { DagOutcome } from "../../../lib/dag/outcome.ts";
import { recordDagEnd, recordMissedEnds } from "./incidents.ts";
import { type NotifyOptions, notifyPending } from "./notify.ts";

/** The alerts of one scheduler; dispose it after the last run has ended and before the warehouse closes. */
export interface Alerts extends AsyncDisposable {
  /** Call it after each run: notes an incident or its end, and begins to tell people. */
  onDagEnd(outcome: DagOutcome, logicalDate: Temporal.PlainDate): Promise<void>;
  /** Call it after each healthy heartbeat: notes what was missed, and begins to tell what is pending. */
  onBeat(): Promise<void>;
  /** Resolves when nobody is being told any more. */
  idle(): Promise<void>;
}

const log = getLogger(["alert"]);

/**
 * Creates the alerts of a scheduler. Both calls throw what the warehouse throws; telling people goes on beside
 * them, one message after the other, so that a slow webhook holds up neither a run nor a heartbeat.
 */
export function createAlerts(options: Omit<NotifyOptions, "signal">): Alerts {
  const stop = new AbortController();
  const notifying = { isWanted: false, underWay: Promise.resolve(), isOn: false };

  const notifyAll = async () => {
    while (notifying.isWanted) {
      notifying.isWanted = false;
      await notifyQuietly({ ...options, signal: stop.signal });
    }
    notifying.isOn = false;
  };
  const startNotifying = () => {
    notifying.isWanted = true;
    if (notifying.isOn) return;
    notifying.isOn = true;
    notifying.underWay = notifyAll();
  };

  return {
    async onDagEnd({ dagId }, logicalDate) {
      await recordDagEnd(options.sql, dagId, logicalDate);
      startNotifying();
    },
    async onBeat() {
      await recordMissedEnds(options.sql, options.config.businessTz);
      startNotifying();
    },
    idle: () => notifying.underWay,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await notifying.underWay;
    },
  };
}

/** Nobody waits for it, so what it throws has no other place to go. */
async function notifyQuietly(options: NotifyOptions): Promise<void> {
  try {
    await notifyPending(options);
  } catch (error) {
    log.error("Cannot notify people of incidents, the next heartbeat tries again: {error}", {
      error: errorText(error),
    });
  }
}
