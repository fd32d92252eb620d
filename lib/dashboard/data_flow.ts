import type { Dag } from "../dag/dag.ts";
import { type Lineage, tablesReadBy } from "../lineage/lineage.ts";
import { lineageOf } from "../lineage/lineage_of.ts";

/** What is built from what, as the SQL files say. */
export interface DataFlow {
  /** All tables that a file below sql/ reads, down to those that were landed. */
  tablesBehind(sqlFile: string): Promise<ReadonlySet<string>>;
  /** The tables that a task fills, by "dag.task". */
  tablesFilledBy(task: string): Promise<readonly string[]>;
}

/** Reads the files of sql/ when it is first asked. */
export function createDataFlow(dags: readonly Dag[]): DataFlow {
  const behind = new Map<string, Promise<ReadonlySet<string>>>();
  const findBehind = async (sqlFile: string) => {
    const { texts, definitions, lineage } = await lineageOf(dags);
    const text = texts.find(({ path }) => path === sqlFile)?.text ?? "";
    return followDown(await tablesReadBy(text, definitions), lineage);
  };
  return {
    async tablesBehind(sqlFile) {
      const known = behind.get(sqlFile);
      if (known) return await known;
      const found = findBehind(sqlFile);
      behind.set(sqlFile, found);
      found.catch(() => behind.delete(sqlFile));
      return await found;
    },
    async tablesFilledBy(task) {
      const { lineage } = await lineageOf(dags);
      return [...lineage.values()]
        .filter(({ filledBy }) =>
          filledBy.some(({ dagId, taskId }) => `${dagId}.${taskId}` === task)
        )
        .map(({ name }) => name);
    },
  };
}

function followDown(first: Iterable<string>, lineage: Lineage): ReadonlySet<string> {
  const found = new Set(first);
  // A set gives what is added while it is walked.
  for (const table of found) {
    for (const source of lineage.get(table)?.reads ?? []) found.add(source);
  }
  return found;
}
