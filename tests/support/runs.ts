import { readConfig } from "../../lib/config.ts";
import type { Dag, Task } from "../../lib/dag/dag.ts";
import type { DagOutcome } from "../../lib/dag/outcome.ts";
import { dryRunDays } from "../../lib/runner/dry_run.ts";
import type { RunOptions } from "../../lib/runner/run.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import type { ClaimedTask } from "../../lib/run_log/claims.ts";
import type { Worker } from "../../lib/run_log/worker.ts";

export const DATE = "2026-05-03";

const liveRuns = new Map<string, Set<string>>();

/** A worker without a file; `dead` are those that it knows to have ended. One id is one process. */
export function fakeWorker(id = "etl-1.42.abcdef", dead: readonly string[] = []): Worker {
  const ownRuns = liveRuns.get(id) ?? new Set();
  liveRuns.set(id, ownRuns);
  return {
    id,
    liveRuns: ownRuns,
    isDead: (other) => dead.includes(other),
    sweep: () => {},
    [Symbol.dispose]: () => {},
  };
}

/** What a run of a test needs: its waits are recorded in `waits`, and none takes time. */
export function runOptions(
  warehouse: Warehouse,
  changes: Partial<RunOptions> = {},
): RunOptions & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    warehouse,
    config: readConfig({}, { amo: false }),
    worker: fakeWorker(),
    logicalDate: Temporal.PlainDate.from(DATE),
    sleep: (delayMs) => {
      waits.push(delayMs);
      return Promise.resolve();
    },
    random: () => 0.5,
    ...changes,
    waits,
  };
}

/** A DAG of a test that waits for nothing. */
export function testDag(id: string, tasks: readonly Task[], changes: Partial<Dag> = {}): Dag {
  return {
    id,
    description: "A DAG of a test",
    tags: [],
    schedule: "04:00",
    waitsFor: [],
    tasks,
    ...changes,
  };
}

/** A task that notes its try in `tries` and writes one row of rejected records under its own name. */
export function notingTask(id: string, tries: string[], changes: Partial<Task> = {}): Task {
  return {
    id,
    write: async (tx, { runId }) => {
      tries.push(id);
      await tx`
        insert into stg.rejected (entity, raw, reason, raw_hash, run_id)
        values ('leads', ${id}, 'a test', gen_random_uuid()::text, ${runId})
      `;
      return { rowsRead: 2, rowsWritten: 1, metrics: { noted: 1 } };
    },
    ...changes,
  };
}

/** What a run of one DAG would do, as a plan of it alone shows. */
export async function dryRunDag(dag: Dag, options: RunOptions): Promise<DagOutcome> {
  const signal = new AbortController().signal;
  const days = [{ date: options.logicalDate, dags: [dag] }];
  const [outcome] = (await dryRunDays(days, { signal, ...options }))[0]?.outcomes ?? [];
  if (!outcome) throw new Error(`Expected an outcome of ${dag.id}`);
  return outcome;
}

/** Tasks to claim that wait for nothing. */
export function toClaim(...taskIds: readonly string[]): ClaimedTask[] {
  return taskIds.map((taskId) => ({ taskId, waitsFor: [] }));
}

/** What `notingTask` has left in the warehouse. */
export async function listNotes({ sql }: Warehouse): Promise<string[]> {
  const rows = await sql`select raw from stg.rejected order by raw`;
  return rows.map((row) => String(row.raw));
}

/** The run log without what differs from run to run, in the order of attempts. */
export async function listRuns({ sql }: Warehouse): Promise<unknown[]> {
  return [
    ...await sql`
      select dag_id, task_id, attempt, status, error
      from ops.run_log
      order by logical_date, dag_id, task_id, attempt
    `,
  ].map((row) => [`${row.dag_id}.${row.task_id}`, row.attempt, row.status, row.error]);
}
