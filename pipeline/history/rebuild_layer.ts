import type { TransactionSql } from "postgres";
import { z } from "zod";
import type { Config } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import { targetOf, taskParameters } from "../../lib/dag/sql_task.ts";
import type { ReportProgress } from "../../lib/log/live_progress.ts";
import {
  querySqlFile,
  runSqlFile,
  runSqlFiles,
  type SqlParameters,
} from "../../lib/warehouse/sql_file.ts";
import { transact } from "../../lib/warehouse/transact.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

export const LAYERS = ["facts", "marts"] as const;

/** The dimensions and facts of dds, or the marts of dm. */
export type Layer = typeof LAYERS[number];

interface Making {
  /** What fills the layer, in order. */
  readonly dags: readonly string[];
  readonly files: Readonly<Record<"lock" | "list" | "forget", string>>;
  /** What is left to do once the layer is built. */
  readonly finish: string | null;
  /** Builds what is made of the layer, and is due then. */
  readonly follower: string | null;
}

const MAKING: Readonly<Record<Layer, Making>> = {
  facts: {
    dags: ["daily_build_dds_dim", "daily_build_dds_fact"],
    files: {
      lock: "dds/rebuild/lock_facts.sql",
      list: "dds/rebuild/list_tables.sql",
      forget: "dds/rebuild/forget_facts.sql",
    },
    finish: "dds/rebuild/finish_facts.sql",
    follower: "daily_build_dm",
  },
  marts: {
    dags: ["daily_build_dm"],
    files: {
      lock: "dm/rebuild/lock_marts.sql",
      list: "dm/rebuild/list_tables.sql",
      forget: "dm/rebuild/forget_marts.sql",
    },
    finish: null,
    follower: null,
  },
};

/** How a table differs from the same table computed anew. */
export interface TableDifference {
  readonly table: string;
  /** Rows that should be there and are not, and that are there and should not be; a wrong row is in both. */
  readonly missing: number;
  readonly surplus: number;
}

/** What a rebuild of a layer has found. */
export interface RebuiltLayer {
  /** The date that the layer stands for, YYYY-MM-DD. */
  readonly date: string;
  readonly differences: readonly TableDifference[];
  /** Rows that the next run would have written, and that are none of the differences. */
  readonly rowsDue: number;
}

/** What a rebuild is done with. */
export interface RebuildOptions {
  readonly config: Config;
  readonly dags: readonly Dag[];
  readonly dryRun: boolean;
  readonly report?: ReportProgress;
}

const dates = z.object({ logical_date: z.string().nullable() });
const differenceRows = z.array(
  z.object({ table_name: z.string(), missing: z.number(), surplus: z.number() }),
);

/**
 * Computes every table of a layer anew, for the date that it stands for, in one transaction, and says what differed;
 * null where it was never built. First it is brought up to date as a run does it, so that what is merely due is no
 * difference. It is rolled back in a dry run, and where there is nothing to write.
 */
export async function rebuildLayer(
  warehouse: Warehouse,
  layer: Layer,
  options: RebuildOptions,
): Promise<RebuiltLayer | null> {
  return await transact(warehouse.sql, async (tx) => {
    const { logical_date: date } = dates.parse(await runSqlFile(tx, MAKING[layer].files.lock));
    if (date === null) return { result: null, stays: false };
    const rebuilt = await replace(tx, MAKING[layer], options, date);
    const stays = !options.dryRun && rebuilt.differences.length + rebuilt.rowsDue > 0;
    if (stays) await makeFollowerDue(tx, layer, options);
    return { result: rebuilt, stays };
  });
}

async function replace(
  tx: TransactionSql,
  { dags: ids, files, finish }: Making,
  { config, dags, report = () => {} }: RebuildOptions,
  date: string,
): Promise<RebuiltLayer> {
  const logicalDate = Temporal.PlainDate.from(date);
  const parameters = taskParameters({ config, logicalDate, runId: crypto.randomUUID() });
  const build = async () => {
    let rows = 0;
    for (const id of ids) rows += await buildTables(tx, findDag(dags, id), parameters, report);
    return rows;
  };
  const rowsDue = await build();
  for (const file of [files.list, "ops/rebuild/keep_rows.sql", files.forget]) {
    await runSqlFile(tx, file);
  }
  await build();
  if (finish !== null) await runSqlFile(tx, finish);
  await runSqlFile(tx, "ops/rebuild/compare_rows.sql");
  const rows = differenceRows.parse([
    ...await querySqlFile(tx, "ops/rebuild/list_differences.sql", []),
  ]);
  const differences = rows.map(({ table_name: table, missing, surplus }) => ({
    ...{ table, missing, surplus },
  }));
  return { date, differences, rowsDue };
}

/** Runs every task of a DAG as a run does, but all in one transaction; how many rows they wrote. */
async function buildTables(
  tx: TransactionSql,
  dag: Dag,
  parameters: SqlParameters,
  report: ReportProgress,
): Promise<number> {
  let rows = 0;
  for (const { id, sqlFiles = [] } of dag.tasks) {
    report(dag.id, id, "builds");
    try {
      const metrics = await runSqlFiles(tx, sqlFiles, { ...parameters, target: targetOf(id) });
      rows += Number(metrics.rows_written ?? 0);
      // The next task makes its own under the same names.
      await runSqlFile(tx, "ops/rebuild/drop_task_tables.sql");
    } finally {
      report(dag.id, id, null);
    }
  }
  return rows;
}

async function makeFollowerDue(
  tx: TransactionSql,
  layer: Layer,
  { dags }: RebuildOptions,
): Promise<void> {
  const { follower } = MAKING[layer];
  if (follower === null) return;
  const tasks = findDag(dags, follower).tasks.map(({ id }) => id);
  await querySqlFile(tx, "ops/compute_anew.sql", [
    ...["[]", JSON.stringify(tasks), `the rebuilt ${layer}`],
  ]);
}

const MADE_OF: Readonly<Record<Layer, string>> = {
  facts: "the history says",
  marts: "the facts say",
};

/** "marts: computed anew as of the date …, 1 table differs", and a line for each table. */
export function describeLayer(layer: Layer, rebuilt: RebuiltLayer | null): string {
  if (rebuilt === null) return `${layer}: they were never built, so there is nothing to build anew`;
  const { date, differences, rowsDue } = rebuilt;
  if (differences.length === 0) {
    const due = rowsDue === 0 ? "" : `, but for ${rowsDue.toLocaleString("en")} that were due`;
    return `${layer}: they are what ${MADE_OF[layer]}, as of the date ${date}${due}`;
  }
  const count = (rows: number) => `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`;
  return [
    `${layer}: computed anew as of the date ${date}, ${
      differences.length === 1 ? "1 table differs" : `${differences.length} tables differ`
    } (a wrong row counts in both)`,
    ...differences.map(({ table, missing, surplus }) =>
      `  ${table}: ${count(missing)} missing, ${count(surplus)} too many`
    ),
  ].join("\n");
}
