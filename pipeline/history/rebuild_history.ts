import type { TransactionSql } from "postgres";
import { z } from "zod";
import { readChecks } from "../../lib/checks/file.ts";
import { describeOffenders } from "../../lib/checks/gate.ts";
import { runChecks } from "../../lib/checks/run.ts";
import { scopeChanges, scopeSuspects } from "../../lib/checks/scope.ts";
import type { Config } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { findDag } from "../../lib/dag/find_dag.ts";
import { taskParameters } from "../../lib/dag/sql_task.ts";
import type { Entity } from "../../lib/history/entities.ts";
import {
  type Metrics,
  querySqlFile,
  runSqlFiles,
  type SqlParameters,
} from "../../lib/warehouse/sql_file.ts";
import { transact } from "../../lib/warehouse/transact.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** How the history that is there differs from what the copies say. */
export interface Difference {
  /** Copies that were read. */
  readonly copies: number;
  /** Versions that are not there, that differ, and that should not be there. */
  readonly missing: number;
  readonly wrong: number;
  readonly surplus: number;
  /** Records with any of them. */
  readonly ids: readonly number[];
}

const NAMED_IDS = 10;

/** What is computed from a history: tables (as ops.watermark names them) and the tasks that fill them. */
const FOLLOWERS: Readonly<Record<Entity, Readonly<Record<string, readonly string[]>>>> = {
  leads: {
    "dds.fact_lead_status_change": ["merge_fact_lead_status_change"],
    "dds.fact_rentals": ["merge_fact_rentals"],
    "dds.fact_fleet_usage_day": ["merge_fact_fleet_usage_day"],
  },
  clients: {
    "dds.dim_client": ["merge_dim_client"],
    "dds.fact_rentals": ["merge_fact_rentals"],
    "dds.fact_fleet_usage_day": ["merge_fact_fleet_usage_day"],
  },
  cars: {
    "dds.dim_car": ["merge_dim_car"],
    "dds.fact_rentals": ["merge_fact_rentals"],
    "dds.fact_fleet_usage_day": ["merge_fact_fleet_usage_day"],
  },
};

/**
 * Computes the history of an entity anew from all its copies, in one transaction, checks it and says what differed.
 *
 * With a difference the tables that follow from it are due to be computed anew by the next run. A dry run is
 * rolled back.
 */
export async function rebuildHistory(
  warehouse: Warehouse,
  dags: readonly Dag[],
  config: Config,
  entity: Entity,
  dryRun: boolean,
): Promise<Difference> {
  return await transact(warehouse.sql, async (tx) => {
    const dag = findDag(dags, `daily_load_ods_${entity}`);
    const difference = await replace(tx, dag, config, entity);
    if (!dryRun && difference.ids.length > 0) await computeAnew(tx, entity, FOLLOWERS[entity]);
    return { result: difference, stays: !dryRun };
  });
}

const differences = z.array(
  z.object({
    id: z.coerce.number(),
    missing: z.number(),
    wrong: z.number(),
    surplus: z.number(),
  }),
);
const unknowns = z.array(z.object({ id: z.coerce.number(), versions: z.number() }));

async function replace(
  tx: TransactionSql,
  dag: Dag,
  config: Config,
  entity: Entity,
): Promise<Difference> {
  const history = `ods.ods_${entity}_hist`;
  const parameters = taskParameters({
    config,
    logicalDate: Temporal.Now.plainDateISO(config.businessTz),
    runId: crypto.randomUUID(),
  });
  const tables = JSON.stringify([history, ...Object.keys(FOLLOWERS[entity])]);
  await querySqlFile(tx, "ops/lock_tables.sql", [tables]);
  await computeAnew(tx, entity, { [history]: [] });
  const metrics = await runSqlFiles(
    tx,
    dag.tasks.flatMap(({ sqlFiles }) => sqlFiles ?? []),
    { ...parameters, lists_differences: "true" },
  );
  const found = differences.parse([
    ...await querySqlFile(tx, "ods/history/list_differences.sql", []),
  ]);
  const unknown = unknowns.parse([
    ...await querySqlFile(tx, `ods/history/delete_unknown_${entity}.sql`, []),
  ]);
  await passHistoryChecks(tx, entity, history, parameters);
  return sumUp(metrics, [
    ...found,
    ...unknown.map(({ id, versions }) => ({ id, missing: 0, wrong: 0, surplus: versions })),
  ]);
}

/** Throws when a check of severity error finds an offender in the history that has just been written. */
async function passHistoryChecks(
  tx: TransactionSql,
  entity: Entity,
  history: string,
  parameters: SqlParameters,
): Promise<void> {
  const checks = (await readChecks()).filter(({ severity, tables }) =>
    severity === "error" && tables.some(({ table }) => table === history)
  );
  const due = checks.map((check) => ({ check, table: history }));
  await scopeChanges(tx, due, parameters);
  await scopeSuspects(tx, due);
  const results = await runChecks(tx, due);
  const failed = results.filter(({ offenders }) => offenders > 0);
  if (failed.length === 0) return;
  throw new Error(
    `Cannot rebuild the history of ${entity}: ${
      describeOffenders(failed)
    }, expected none: nothing was written; ` +
      "report this line, it is a fault of the merge",
  );
}

function sumUp(metrics: Metrics, found: z.infer<typeof differences>): Difference {
  const sum = (name: "missing" | "wrong" | "surplus") =>
    found.reduce((total, one) => total + one[name], 0);
  return {
    copies: Number(metrics.rows_read),
    missing: sum("missing"),
    wrong: sum("wrong"),
    surplus: sum("surplus"),
    ids: found.map(({ id }) => id).sort((a, b) => a - b),
  };
}

/** Lets tables be read anew from the first landed row, and the tasks that fill them be due. */
async function computeAnew(
  tx: TransactionSql,
  entity: Entity,
  tables: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  await querySqlFile(tx, "ops/compute_anew.sql", [
    JSON.stringify(Object.keys(tables)),
    JSON.stringify(Object.values(tables).flat()),
    `the rebuilt history of ${entity}`,
  ]);
}

/** "leads: 1 version is missing, 2 differ, 0 are too many, of 2 leads: 7, 9 (1,234 copies)". */
export function describeDifference(entity: Entity, difference: Difference): string {
  const { copies, missing, wrong, surplus, ids } = difference;
  const read = `${copies.toLocaleString("en")} ${copies === 1 ? "copy" : "copies"}`;
  if (ids.length === 0) return `${entity}: the history is what ${read} in stg say`;
  const named = ids.slice(0, NAMED_IDS).join(", ") + (ids.length > NAMED_IDS ? ", …" : "");
  const count = (number: number) => number.toLocaleString("en");
  return `${entity}: by ${read} in stg, ${count(missing)} versions are missing, ${
    count(wrong)
  } are wrong and ${count(surplus)} too many, of ${count(ids.length)} ${entity}: ${named}`;
}
