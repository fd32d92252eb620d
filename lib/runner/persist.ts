import { getLogger } from "@logtape/logtape";
import { errorText, isTransient } from "../log/error_text.ts";
import type { Run } from "./run.ts";

const log = getLogger(["run"]);

/** A minute in all: by then the claims of this run have passed to whoever asks for them. */
const DELAYS_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];

/**
 * Reads or writes the run log, again and again while the warehouse is away: a restarted server must not make
 * a run end without a word. Throws what `work` throws when that cannot get better, or after a minute.
 */
export async function persist<T>(run: Run, work: () => Promise<T>): Promise<T> {
  for (const delayMs of DELAYS_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      log.warn("The run log cannot be reached, next try in {seconds} s: {error}", {
        seconds: delayMs / 1000,
        error: errorText(error),
      });
    }
    await run.sleep(delayMs, run.signal);
  }
  return await work();
}
