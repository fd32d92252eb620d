import type { Dag } from "../dag/dag.ts";
import { dagRunOf } from "./dag_run.ts";
import type { TaskState } from "./task_states.ts";

/** The DAGs that are still to be run for a date, in their order. */
export interface OpenDay {
  readonly date: Temporal.PlainDate;
  readonly dags: readonly Dag[];
}

/**
 * What of `dags` is still to be run on each date: what is open, and what will be stale once something that its
 * success waited for has been run. The DAGs of `again` are run in any case.
 */
export function findOpenDays(
  dags: readonly Dag[],
  dates: readonly Temporal.PlainDate[],
  states: readonly TaskState[],
  again: readonly string[] = [],
): OpenDay[] {
  const byDate = Map.groupBy(states, ({ logical_date }) => logical_date);
  return dates.map((date) => ({
    date,
    dags: findOpen(dags, date.toString(), byDate.get(date.toString()) ?? [], again),
  }));
}

/** `dags` must be in the order of their runs. */
function findOpen(
  dags: readonly Dag[],
  date: string,
  states: readonly TaskState[],
  again: readonly string[],
): readonly Dag[] {
  const open: Dag[] = [];
  for (const dag of dags) {
    const run = dagRunOf(dag, date, states);
    const names = run.tasks.flatMap(({ state }) => state?.waits_for ?? []);
    const isNext = open.some(({ id, tasks }) =>
      names.includes(id) || tasks.some((task) => names.includes(`${id}.${task.id}`))
    );
    if (run.isOpen || isNext || again.includes(dag.id)) open.push(dag);
  }
  return open;
}
