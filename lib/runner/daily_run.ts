import { getLogger } from "@logtape/logtape";
import type { Dag } from "../dag/dag.ts";
import { type DagOutcome, emptyOutcome } from "../dag/outcome.ts";
import { validateDags } from "../dag/validate.ts";
import { errorText } from "../log/error_text.ts";
import type { RunOptions } from "./run.ts";
import { runDag } from "./runner.ts";

const log = getLogger(["run"]);

/** What a run of many DAGs needs. */
export interface DailyOptions extends RunOptions {
  /** Ids of the DAGs to run again although they have succeeded; all of them by default, with `force`. */
  readonly forceOnly?: readonly string[];
}

/**
 * Runs all `dags` for one date, each as soon as everything it waits for has ended, well or not: the run log
 * then decides. Independent ones run side by side. The outcomes are in the order of `dags`, or of those of
 * them that are `chosen`.
 *
 * Throws `DagError` when the DAGs do not fit together.
 */
export async function runDaily(
  dags: readonly Dag[],
  options: DailyOptions,
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
  const outcomes = await Promise.all(chosen.map(start));
  sumUp(outcomes, options);
  return outcomes;
}

/** One line each for what had nothing to do and for what was refused, however many DAGs that are. */
function sumUp(outcomes: readonly DagOutcome[], { logicalDate }: DailyOptions): void {
  const date = logicalDate.toString();
  if (outcomes.every(({ status }) => status === "done")) {
    const count = outcomes.length;
    log.info("All {count} DAGs of {date} have already succeeded: nothing to do", { count, date });
  }
  const refused = outcomes.filter(({ status }) => status === "upstream_failed")
    .map(({ dagId }) => dagId);
  if (refused.length > 0) {
    log.error("Not run for {date}, because their upstreams failed: {dags}", {
      date,
      dags: refused.join(", "),
    });
  }
}

function upstreamsOf(dag: Dag, dags: readonly Dag[]): Dag[] {
  return dags.filter(({ id }) =>
    id === dag.follows?.dag || dag.waitsFor.some((dependency) => dependency.dag === id)
  );
}

async function runAfter(
  dag: Dag,
  upstreams: readonly Promise<DagOutcome>[],
  { forceOnly, ...options }: DailyOptions,
): Promise<DagOutcome> {
  await Promise.all(upstreams);
  const force = forceOnly ? forceOnly.includes(dag.id) : options.force ?? false;
  try {
    return await runDag(dag, { isSummedUp: true, ...options, force });
  } catch (error) {
    // One DAG that cannot even reach the run log must not hide what became of the others.
    const tasks = dag.tasks.map((task) => emptyOutcome(task, "failed"));
    return { dagId: dag.id, status: "failed", message: errorText(error), tasks };
  }
}
