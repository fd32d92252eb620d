import { ConfigError } from "../config.ts";
import type { Dag } from "./dag.ts";

/** A name this far from another one (in changed letters per letter) is not a slip of the pen. */
const MOST_CHANGES_PER_LETTER = 0.5;

/** The DAG of that id. Throws `ConfigError` with the nearest one, or all of them, when there is none. */
export function findDag(dags: readonly Dag[], id: string): Dag {
  const found = dags.find((dag) => dag.id === id);
  if (found) return found;
  const ids = dags.map((dag) => dag.id);
  const nearest = findNearest(id, ids);
  throw new ConfigError(
    `Cannot find the DAG "${id}": ` +
      (nearest ? `did you mean ${nearest}?` : `expected one of these:\n  ${ids.join("\n  ")}`),
  );
}

/** The most similar name, null when none is similar. */
export function findNearest(name: string, names: readonly string[]): string | null {
  const ranked = names.map((other) => ({ other, changes: countChanges(name, other) }))
    .sort((a, b) => a.changes - b.changes);
  const [best] = ranked;
  if (best && best.changes <= MOST_CHANGES_PER_LETTER * best.other.length) return best.other;
  return ranked.find(({ other }) => other.includes(name))?.other ?? null;
}

/** Letters to insert, remove or replace to turn one text into the other (Levenshtein's distance). */
function countChanges(from: string, to: string): number {
  let costs = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (costs[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (costs[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    costs = next;
  }
  return costs.at(-1) ?? 0;
}
