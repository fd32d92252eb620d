import type { Dag } from "../dag/dag.ts";
import { type DagOutcome, emptyOutcome } from "../dag/outcome.ts";
import { validateDags } from "../dag/validate.ts";
import { errorText } from "../log/error_text.ts";
import type { RunOptions } from "./run.ts";
import { runDag } from "./runner.ts";

/**
 * Runs all `dags` for one date, each as soon as everything it waits for has ended, well or not: the run log
 * then decides. Independent ones run side by side. The outcomes are in the order of `dags`, or of those of
 * them that are `chosen`.
 *
 * Throws `DagError` when the DAGs do not fit together.
 */
export async function runDaily(
  dags: readonly Dag[],
  options: RunOptions,
  chosen: readonly Dag[] = dags,
): Promise<readonly DagOutcome[]> {
  validateDags(dags);
  const ended = new Map<string, Promise<DagOutcome>>();
  const start = (dag: Dag): Promise<DagOutcome> => {
    const started = ended.get(dag.id) ??
      runAfter(dag, upstreamsOf(dag, chosen).map(start), options);
    ended.set(dag.id, started);
    return started;
  };
  return await Promise.all(chosen.map(start));
}

function upstreamsOf(dag: Dag, dags: readonly Dag[]): Dag[] {
  return dags.filter(({ id }) => dag.waitsFor.some((dependency) => dependency.dag === id));
}

async function runAfter(
  dag: Dag,
  upstreams: readonly Promise<DagOutcome>[],
  options: RunOptions,
): Promise<DagOutcome> {
  await Promise.all(upstreams);
  try {
    return await runDag(dag, options);
  } catch (error) {
    // One DAG that cannot even reach the run log must not hide what became of the others.
    const tasks = dag.tasks.map((task) => emptyOutcome(task, "failed"));
    return { dagId: dag.id, status: "failed", message: errorText(error), tasks };
  }
}
