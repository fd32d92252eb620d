import { getLogger } from "@logtape/logtape";
import { readOpenDays, runBackfill } from "../runs/backfill.ts";
import type { RunActions } from "../../lib/dashboard/site_options.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { withDownstream } from "../../lib/dag/downstream.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import { errorText } from "../../lib/log/error_text.ts";
import { runDaily } from "../../lib/runner/daily_run.ts";
import type { RunOptions } from "../../lib/runner/run.ts";
import { readsAmo } from "../../lib/script/dag_command.ts";
import { listDates } from "../../lib/script/dates.ts";
import { formatOutcomes } from "../../lib/script/outcome_table.ts";

const log = getLogger(["dashboard"]);

/** What the buttons start, which goes on behind the answer. */
export interface StartedRuns extends AsyncDisposable {
  readonly actions: RunActions;
  /** Resolves when nothing that was asked for runs any more. */
  idle(): Promise<void>;
}

/**
 * Runs in this process what people ask for on the pages of runs, the way `runs retry` and `runs backfill` do: claimed
 * in the run log, so that nothing runs twice. Disposing it lets the running task end, within `STOP_GRACE_S`.
 */
export function createRunActions(
  run: Omit<RunOptions, "logicalDate" | "signal" | "drain">,
  dags: readonly Dag[],
): StartedRuns {
  const drain = new AbortController();
  const end = new AbortController();
  const running = new Set<Promise<void>>();
  const options = { ...run, drain: drain.signal, signal: end.signal };
  const start = (what: string, work: () => Promise<string>) => {
    const ended = tell(what, work).finally(() => running.delete(ended));
    running.add(ended);
  };
  const actions: RunActions = {
    refuses(dagId) {
      const dag = dags.find(({ id }) => id === dagId);
      if (!dag) return "unknown_dag";
      return readsAmo(dag) && run.config.amo === null ? "no_account" : null;
    },
    retry: (dagId, logicalDate, { force, downstream }) =>
      start(`retry ${dagId} ${logicalDate}`, async () => {
        const dag = findDag(dags, dagId);
        const chosen = downstream ? withDownstream(dags, dag) : [dag];
        const forceOnly = force ? { forceOnly: [dag.id] } : {};
        const outcomes = await runDaily(dags, { ...options, logicalDate, ...forceOnly }, chosen);
        return formatOutcomes(outcomes, logicalDate);
      }),
    backfill: (dagId, from, to) =>
      start(`backfill ${dagId} ${from} to ${to}`, async () => {
        const days = await readOpenDays(run.warehouse, [findDag(dags, dagId)], listDates(from, to));
        const lines: string[] = [];
        const tellLine = (line: string) => lines.push(line);
        await runBackfill(days, { run: options, dags, continues: false, tell: tellLine });
        return lines.join("\n");
      }),
  };
  const idle = async () => {
    while (running.size > 0) await Promise.all(running);
  };
  return {
    actions,
    idle,
    async [Symbol.asyncDispose]() {
      drain.abort();
      const timer = setTimeout(() => end.abort(), run.config.stopGraceMs);
      await idle();
      clearTimeout(timer);
    },
  };
}

async function tell(what: string, work: () => Promise<string>): Promise<void> {
  log.info("Asked for on the site: {what}", { what });
  try {
    log.info("{what} ended: {text}", { what, text: await work() });
  } catch (error) {
    log.error("{what} could not be run: {error}", { what, error: errorText(error) });
  }
}
