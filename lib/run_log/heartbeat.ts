import { getLogger } from "@logtape/logtape";
import { CancelledError } from "../dag/end_reason.ts";
import { beatClaims, ClaimLostError } from "./claims.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";

/** Signs of life for the claims of one run, until disposed; no beat outlives that. */
export interface Heartbeat extends AsyncDisposable {
  /**
   * Aborts with `ClaimLostError` when a claim of `watch` has gone to another worker, and with
   * `CancelledError` when a person has asked for the end of the run.
   */
  readonly signal: AbortSignal;
  /** The task whose claim must be there at each beat; null while its outcome is being written. */
  watch(taskId: string | null): void;
}

const BEAT_MS = 10_000;
const log = getLogger(["warehouse"]);

/**
 * Beats every 10 s on a server. On the embedded warehouse it does nothing: there is one connection, which a
 * task's transaction may hold, and the lock on the folder proves that this process lives.
 */
export function startHeartbeat(
  warehouse: Warehouse,
  run: { readonly runId: string; readonly worker: string },
  intervalMs: number = BEAT_MS,
): Heartbeat {
  const end = new AbortController();
  let watched: string | null = null;
  const beat = async () => {
    const expected = watched;
    try {
      const held = await beatClaims(warehouse.sql, run.runId, run.worker);
      if (held.some((claim) => claim.is_cancelled)) {
        end.abort(new CancelledError("cancelled by a person"));
      }
      // Only when still watched: its outcome may have been written while the beat was under way.
      const isHeld = held.some((claim) => claim.task_id === expected);
      if (expected !== null && expected === watched && !isHeld) {
        end.abort(new ClaimLostError(`The claim on ${expected} was lost to another worker`));
      }
    } catch (error) {
      // A beat that fails proves nothing: the guarded write at the end of the task decides.
      log.warn("A heartbeat failed, the next one follows: {error}", { error });
    }
  };
  let current: Promise<void> | null = null;
  // One after the other: a warehouse that is away must not collect them.
  const beatOnce = () => {
    current ??= beat().finally(() => {
      current = null;
    });
  };
  const timer = warehouse.kind === "server" ? setInterval(beatOnce, intervalMs) : undefined;
  return {
    signal: end.signal,
    watch: (taskId) => {
      watched = taskId;
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await current;
    },
  };
}
