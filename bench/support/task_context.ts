import { getLogger } from "@logtape/logtape";
import type { Config } from "../../lib/config.ts";
import type { TaskContext } from "../../lib/dag/dag.ts";

/** What a task gets to know, without a run log around it. */
export function taskContext(config: Config): TaskContext {
  return {
    config,
    logicalDate: Temporal.Now.plainDateISO(config.businessTz),
    runId: crypto.randomUUID(),
    dryRun: false,
    full: false,
    acceptDeletes: false,
    acceptEmptied: false,
    signal: new AbortController().signal,
    log: getLogger(["bench"]),
    progress: () => {},
    metricsOf: () => Promise.resolve(null),
    query: () => Promise.resolve([]),
  };
}
