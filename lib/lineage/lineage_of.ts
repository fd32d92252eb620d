import type { Dag } from "../dag/dag.ts";
import { type Definitions, readDefinitions, type SqlText } from "./definitions.ts";
import { readSqlTexts } from "./files.ts";
import { type Lineage, readLineage } from "./lineage.ts";

/** The lineage of DAGs, and the files of sql/ that it was read from. */
export interface ReadLineage {
  readonly texts: readonly SqlText[];
  readonly definitions: Definitions;
  readonly lineage: Lineage;
}

const known = new WeakMap<readonly Dag[], Promise<ReadLineage>>();

/**
 * The lineage of these DAGs by the files of sql/, read when it is first asked: PostgreSQL's parser takes about a second
 * for all of them. What failed is tried again.
 */
export function lineageOf(dags: readonly Dag[]): Promise<ReadLineage> {
  const before = known.get(dags);
  if (before) return before;
  const read = readAll(dags);
  known.set(dags, read);
  read.catch(() => known.delete(dags));
  return read;
}

async function readAll(dags: readonly Dag[]): Promise<ReadLineage> {
  const texts = await readSqlTexts();
  const definitions = await readDefinitions(
    texts.filter(({ path }) => path.startsWith("migrations/")),
  );
  return { texts, definitions, lineage: await readLineage(dags, texts, definitions) };
}
