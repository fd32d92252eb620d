import { getLogger } from "@logtape/logtape";
import ky, { isHTTPError, isTimeoutError } from "ky";
import { fetchUnseen } from "./unseen_fetch.ts";

/** Well below the minute between two heartbeats. */
const TIMEOUT_MS = 5_000;

const log = getLogger(["alert"]);

/**
 * Creates `pingDeadman`, which calls `url` (`DEADMAN_URL`) to say that the scheduler lives, and does nothing
 * when that is null. Call it after every healthy heartbeat.
 *
 * It never throws, since a failed ping is only a warning, and never has more than one ping under way: a call
 * during one returns that one. Nothing that it logs holds the address.
 */
export function createDeadman(url: string | null): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  return async function pingDeadman(): Promise<void> {
    if (url === null) return;
    underWay ??= ping(url).finally(() => underWay = null);
    await underWay;
  };
}

async function ping(url: string): Promise<void> {
  try {
    const response = await ky.get(url, {
      timeout: TIMEOUT_MS,
      retry: 0,
      redirect: "manual",
      fetch: fetchUnseen,
    });
    await response.body?.cancel();
  } catch (error) {
    // Whatever ky throws is about the request, and its words hold the address.
    log.warn("Cannot ping the dead man's switch: {found}, expected 2xx: check DEADMAN_URL", {
      found: describe(error),
    });
  }
}

function describe(error: unknown): string {
  if (isHTTPError(error)) return `it answered ${error.response.status}`;
  return isTimeoutError(error)
    ? `no answer within ${TIMEOUT_MS / 1000} s`
    : "it could not be reached";
}
