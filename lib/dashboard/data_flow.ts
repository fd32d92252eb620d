import type { Dag } from "../dag/dag.ts";
import { readDefinitions } from "../lineage/definitions.ts";
import { readSqlTexts } from "../lineage/files.ts";
import { type Lineage, readLineage, tablesReadBy } from "../lineage/lineage.ts";

/** What is built from what, as the SQL files say. */
export interface DataFlow {
  /** All tables that a file below sql/ reads, down to those that were landed. */
  tablesBehind(sqlFile: string): Promise<ReadonlySet<string>>;
  /** The tables that a task fills, by "dag.task". */
  tablesFilledBy(task: string): Promise<readonly string[]>;
}

/** Reads the files of sql/ when it is first asked: PostgreSQL's parser takes about a second for all of them. */
export function createDataFlow(dags: readonly Dag[]): DataFlow {
  let known: ReturnType<typeof readKnown> | null = null;
  const behind = new Map<string, Promise<ReadonlySet<string>>>();
  const findBehind = async (sqlFile: string) => {
    const { texts, definitions, lineage } = await (known ??= readKnown(dags));
    const text = texts.find(({ path }) => path === sqlFile)?.text ?? "";
    return followDown(await tablesReadBy(text, definitions), lineage);
  };
  return {
    async tablesBehind(sqlFile) {
      const found = behind.get(sqlFile) ?? findBehind(sqlFile);
      behind.set(sqlFile, found);
      return await found;
    },
    async tablesFilledBy(task) {
      const { lineage } = await (known ??= readKnown(dags));
      return [...lineage.values()]
        .filter(({ filledBy }) =>
          filledBy.some(({ dagId, taskId }) => `${dagId}.${taskId}` === task)
        )
        .map(({ name }) => name);
    },
  };
}

async function readKnown(dags: readonly Dag[]) {
  const texts = await readSqlTexts();
  const migrations = texts.filter(({ path }) => path.startsWith("migrations/"));
  return {
    texts,
    definitions: await readDefinitions(migrations),
    lineage: await readLineage(dags, texts),
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
