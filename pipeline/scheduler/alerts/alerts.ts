import { getLogger } from "@logtape/logtape";
import { errorText } from "../../../lib/log/error_text.ts";
import type { DagOutcome } from "../../../lib/dag/outcome.ts";
import { recordDagEnd, recordMissedEnds } from "./incidents.ts";
import { type TellOptions, tellPending } from "./notify.ts";

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
export function createAlerts(options: Omit<TellOptions, "signal">): Alerts {
  const stop = new AbortController();
  const telling = { isWanted: false, underWay: Promise.resolve(), isOn: false };

  const tellAll = async () => {
    while (telling.isWanted) {
      telling.isWanted = false;
      await tellQuietly({ ...options, signal: stop.signal });
    }
    telling.isOn = false;
  };
  const startTelling = () => {
    telling.isWanted = true;
    if (telling.isOn) return;
    telling.isOn = true;
    telling.underWay = tellAll();
  };

  return {
    async onDagEnd({ dagId }, logicalDate) {
      await recordDagEnd(options.sql, dagId, logicalDate);
      startTelling();
    },
    async onBeat() {
      await recordMissedEnds(options.sql, options.config.businessTz);
      startTelling();
    },
    idle: () => telling.underWay,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await telling.underWay;
    },
  };
}

/** Nobody waits for it, so what it throws has no other place to go. */
async function tellQuietly(options: TellOptions): Promise<void> {
  try {
    await tellPending(options);
  } catch (error) {
    log.error("Cannot tell people of incidents: {error}", { error: errorText(error) });
  }
}
