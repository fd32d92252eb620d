import { z } from "zod";
import type { Dag } from "../../../dag/dag.ts";
import type { Filler, Lineage, LineageNode } from "../../../lineage/lineage.ts";
import { lineageOf } from "../../../lineage/lineage_of.ts";
import type { PageRequest } from "../../page/page.ts";

/** Rows of a table: counted, or estimated by the database where a count would be slow; null of a view. */
export interface TableSize {
  readonly rows: number | null;
  readonly isEstimate: boolean;
  readonly bytes: number | null;
}

/** When a task succeeded last, by the date that it was for. */
export interface Build {
  readonly date: string;
  readonly at: string;
}

/** What the page knows of the tables beside their lineage. */
export interface TableFacts {
  readonly lineage: Lineage;
  readonly sizes: ReadonlyMap<string, TableSize>;
  /** By "dag.task". */
  readonly builds: ReadonlyMap<string, Build>;
}

const sizeRows = z.array(z.object({
  name: z.string(),
  bytes: z.number().nullable(),
  counted_rows: z.number().nullable(),
  estimated_rows: z.number().nullable(),
}));

const buildRows = z.array(z.object({
  dag_id: z.string(),
  task_id: z.string(),
  logical_date: z.string(),
  finished_at: z.date(),
}));

/** Reads sizes and builds beside the lineage. */
export async function readTableFacts(
  { ask }: PageRequest,
  dags: readonly Dag[],
): Promise<TableFacts> {
  const { lineage } = await lineageOf(dags);
  const tasks = dags.flatMap(({ id, tasks }) =>
    tasks.map((task) => ({ dag_id: id, task_id: task.id }))
  );
  const sizes = sizeRows.parse(await ask("dashboard/table_rows.sql", []));
  const builds = buildRows.parse(await ask("dashboard/last_builds.sql", [JSON.stringify(tasks)]));
  return {
    lineage,
    sizes: new Map(
      sizes.map(({ name, bytes, counted_rows: counted, estimated_rows: estimated }) => [
        name,
        { rows: counted ?? estimated, isEstimate: counted === null && estimated !== null, bytes },
      ]),
    ),
    builds: new Map(
      builds.map(({ dag_id, task_id, logical_date, finished_at }) => [
        `${dag_id}.${task_id}`,
        { date: logical_date, at: finished_at.toISOString() },
      ]),
    ),
  };
}

/** The newest build of a table, by any of the tasks that fill it; null where nobody has filled it. */
export function lastBuildOf(
  { filledBy }: LineageNode,
  { builds }: TableFacts,
): (Build & { readonly filler: Filler }) | null {
  const known = filledBy.flatMap((filler) => {
    const build = builds.get(`${filler.dagId}.${filler.taskId}`);
    return build ? [{ ...build, filler }] : [];
  });
  return known.reduce<(Build & { readonly filler: Filler }) | null>(
    (newest, one) => newest === null || one.at > newest.at ? one : newest,
    null,
  );
}
