import type { Dag } from "./dag.ts";
import { EXPECTED_SCHEDULE, parseSchedule, ScheduleError } from "./schedule.ts";

/** A DAG is not what it should be; thrown when the program starts, with all problems. */
export class DagError extends Error {
  override readonly name = "DagError";
}

/** Throws `DagError` when a DAG by itself is wrong: its id, its tasks, its schedule. */
export function validateDag(dag: Dag): void {
  refuse(problemsOf(dag));
}

/** Throws `DagError` when DAGs are wrong, alone or together: ids used twice, unknown upstreams, cycles. */
export function validateDags(dags: readonly Dag[]): void {
  const cycle = findCycle(dags);
  refuse([
    ...dags.flatMap(problemsOf),
    ...duplicates(dags.map((dag) => dag.id)).map((id) => `the DAG id ${id} is used twice`),
    ...dags.flatMap((dag) => unknownUpstreams(dag, dags)),
    ...(cycle ? [`the DAGs wait for each other: ${cycle.join(" -> ")}`] : []),
  ]);
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new DagError(`Cannot use the DAGs: ${problems.join("; ")}`);
}

function problemsOf(dag: Dag): string[] {
  const problems: string[] = [];
  const ids = dag.tasks.map((task) => task.id);
  for (const id of [dag.id, ...ids]) {
    if (!/^[a-z][a-z0-9_]*$/.test(id)) problems.push(`"${id}" of ${dag.id} is not snake_case`);
  }
  if (ids.length === 0) problems.push(`${dag.id} has no task`);
  problems.push(...duplicates(ids).map((id) => `${dag.id} has two tasks ${id}`));
  if (!isSchedule(dag.schedule)) {
    problems.push(`${dag.id} has the schedule "${dag.schedule}", expected ${EXPECTED_SCHEDULE}`);
  }
  for (const task of dag.tasks) {
    if (!task.prepare && !task.write) {
      problems.push(`${dag.id}.${task.id} has neither prepare nor write`);
    }
  }
  return problems;
}

function isSchedule(text: string): boolean {
  try {
    // Which zone does not matter for what is right.
    return parseSchedule(text, "UTC") !== null;
  } catch (error) {
    if (error instanceof ScheduleError) return false;
    throw error;
  }
}

function unknownUpstreams(dag: Dag, dags: readonly Dag[]): string[] {
  const { follows } = dag;
  const isLost = follows && !dags.some(({ id }) => id === follows.dag);
  return [
    ...isLost ? [`${dag.id} follows the unknown DAG ${follows.dag}`] : [],
    ...unknownDependencies(dag, dags),
  ];
}

function unknownDependencies(dag: Dag, dags: readonly Dag[]): string[] {
  return dag.waitsFor.flatMap((dependency) => {
    const upstream = dags.find((candidate) => candidate.id === dependency.dag);
    if (!upstream) return [`${dag.id} waits for the unknown DAG ${dependency.dag}`];
    const { task } = dependency;
    const isKnown = task === undefined || upstream.tasks.some(({ id }) => id === task);
    return isKnown ? [] : [`${dag.id} waits for the unknown task ${dependency.dag}.${task}`];
  });
}

function duplicates(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];
}

function findCycle(dags: readonly Dag[]): string[] | null {
  const visit = (id: string, path: readonly string[]): string[] | null => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    const dag = dags.find((dag) => dag.id === id);
    const upstreams = [...dag?.waitsFor ?? [], ...dag?.follows ? [dag.follows] : []];
    for (const { dag } of upstreams) {
      const cycle = visit(dag, [...path, id]);
      if (cycle) return cycle;
    }
    return null;
  };
  for (const { id } of dags) {
    const cycle = visit(id, []);
    if (cycle) return cycle;
  }
  return null;
}
