import type { ISql } from "postgres";
import { z } from "zod";
import { readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import { type Attempt, readAttempts } from "../../lib/run_log/attempts.ts";
import { SILENT_AFTER_S } from "../../lib/run_log/claims.ts";
import { isActive } from "../../lib/run_log/task_states.ts";
import { isWorkerDead } from "../../lib/run_log/worker.ts";
import { parseLogicalDate } from "../../lib/script/dates.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { openMigratedWarehouse } from "../../lib/script/read_only.ts";
import { listenForStop } from "../../lib/stop_signal.ts";
import { type Sleep, sleep } from "../../lib/sleep.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { lookOf } from "../../lib/script/look.ts";
import { createRunSubcommand, type Subcommand } from "./subcommand.ts";

const claims = z.array(z.object({ task_id: z.string(), attempt: z.number(), worker: z.string() }));
type Asked = z.infer<typeof claims>[number];

/** What a cancellation works with. */
export interface CancelOptions {
  readonly warehouse: Warehouse;
  /** As `Worker.isDead`. */
  readonly isDead: (workerId: string) => boolean;
  /** Aborting it ends the waiting; the request stays. */
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
  /** A line about what has just happened. */
  readonly tell: (text: string) => void;
}

const POLL_MS = 1000;
const POLLS_PER_MESSAGE = 10;

/**
 * Asks for the end of a DAG's run of a date and waits until it has come; the claims of a dead worker are freed
 * meanwhile. Tells how each attempt ended, and returns their number: 0 when nothing was under way.
 *
 * Throws the reason of `signal` when that aborts.
 */
export async function cancelRun(
  dag: Dag,
  date: Temporal.PlainDate,
  { warehouse: { sql }, isDead, signal, sleep, tell }: CancelOptions,
): Promise<number> {
  const key = [dag.id, date.toString()];
  const asked = claims.parse([...await querySqlFile(sql, "ops/request_cancel.sql", key)]);
  if (asked.length === 0) return 0;
  const workers = [...new Set(asked.map((claim) => claim.worker))];
  tell(`Asked for the end of ${dag.id} of ${date}, which ${workers.join(", ")} is on`);
  for (let polls = 1;; polls++) {
    for (const id of workers) {
      const dead = isDead(id) ? id : "";
      await querySqlFile(sql, "ops/free_cancelled_claims.sql", [...key, SILENT_AFTER_S, dead]);
    }
    const attempts = await readAsked(sql, dag, date, asked);
    if (!attempts.some(isActive)) {
      attempts.forEach((attempt) => tell(describeEnd(attempt)));
      return asked.length;
    }
    if (polls % POLLS_PER_MESSAGE === 0) tell(describeWait(attempts));
    await sleep(POLL_MS, signal);
  }
}

async function readAsked(
  sql: ISql,
  dag: Dag,
  date: Temporal.PlainDate,
  asked: readonly Asked[],
): Promise<Attempt[]> {
  const range = { from: date.toString(), to: date.toString(), dagId: dag.id };
  const attempts = await readAttempts(sql, range);
  return attempts.filter(({ task_id, attempt }) =>
    asked.some((claim) => claim.task_id === task_id && claim.attempt === attempt)
  );
}

function describeWait(attempts: readonly Attempt[]): string {
  const active = attempts.filter(isActive);
  const running = active.filter(({ status }) => status === "running");
  const names = (running.length > 0 ? running : active).map(({ task_id }) => task_id).join(", ");
  const silentS = Math.max(...active.map(({ silent_s }) => silent_s));
  return `Waiting for ${names}: the worker gave a sign of life ${Math.round(silentS)} s ago`;
}

function describeEnd({ task_id, attempt, status, error }: Attempt): string {
  const { label } = lookOf(status);
  return `${task_id}, attempt ${attempt}: ${label}${error === null ? "" : `: ${error}`}`;
}

const EMBEDDED =
  "The embedded warehouse is open in one process at a time, so there is no run of\n" +
  "another one to cancel: stop that process itself, with Ctrl-C or SIGTERM";

/** `runs cancel`: asks the worker of a run for its end, and waits for it. */
export const cancelCommand: Subcommand = (dags, act) =>
  createRunSubcommand("cancel", "Stops the run of a DAG for a date, wherever it is, and waits", [
    "cancel daily_amocrm_load_leads",
  ])
    .action(act(async (id: string, dateText: string) => {
      const config = readConfig(undefined, { amo: false });
      const dag = findDag(dags, id);
      const date = parseLogicalDate(dateText, config.businessTz);
      if (!config.pg) {
        console.log(EMBEDDED);
        return EXIT_CODE.done;
      }
      // No session: that would migrate the warehouse and take part as a worker.
      await using warehouse = await openMigratedWarehouse(config);
      using stop = listenForStop();
      const count = await cancelRun(dag, date, {
        warehouse,
        isDead: (id) => isWorkerDead(config.dataDir, id),
        signal: stop.signal,
        sleep,
        tell: console.log,
      });
      if (count === 0) console.log(`Nothing of ${dag.id} of ${date} is under way`);
      return EXIT_CODE.done;
    }));
