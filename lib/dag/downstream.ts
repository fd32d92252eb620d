import type { Dag } from "./dag.ts";

/** A DAG and all that wait for it, directly or through others, in the order of `dags`. */
export function withDownstream(dags: readonly Dag[], dag: Dag): readonly Dag[] {
  const found = new Set([dag.id]);
  for (let size = 0; size < found.size;) {
    size = found.size;
    for (const { id, waitsFor } of dags) {
      if (waitsFor.some((upstream) => found.has(upstream.dag))) found.add(id);
    }
  }
  return dags.filter(({ id }) => found.has(id));
}

/** The DAGs in an order in which each comes after all that it waits for; they must have no cycle. */
export function inRunOrder(dags: readonly Dag[]): readonly Dag[] {
  const ordered: Dag[] = [];
  const isPlaced = (id: string) =>
    ordered.some((dag) => dag.id === id) || !dags.some((dag) => dag.id === id);
  while (ordered.length < dags.length) {
    const next = dags.find((dag) =>
      !ordered.includes(dag) && dag.waitsFor.every((upstream) => isPlaced(upstream.dag))
    );
    if (!next) throw new Error("Cannot order the DAGs: they wait for each other");
    ordered.push(next);
  }
  return ordered;
}
