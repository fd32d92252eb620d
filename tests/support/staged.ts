import type { TransactionSql } from "postgres";
import type { Task } from "../../lib/dag/dag.ts";
import { targetOf } from "../../lib/dag/sql_task.ts";
import { type Metrics, runSqlFiles } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dags } from "../../pipeline/daily.ts";

/** Columns of a STG row that a test cares about; the bookkeeping has defaults. */
export type StagedRow = Readonly<Record<string, string | number | boolean | object | null>>;

type StgTable = "stg_leads" | "stg_clients" | "stg_cars";

/** An event of a lead as the feed tells it; `id` says which, whenever it is told again. */
export interface StagedEvent {
  readonly id: string;
  readonly lead_id: number;
  readonly type: string;
  readonly created_at: string;
  readonly before?: readonly object[];
  readonly after?: readonly object[];
}

const RUN_ID = "00000000-0000-4000-8000-000000000001";

/** Lands rows as a load does: what is there already stays. Defaults: observed when updated, hash from the content. */
export async function land(
  warehouse: Warehouse,
  table: StgTable,
  rows: readonly StagedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map((row) => ({
    is_deleted: false,
    payload: {},
    row_hash: JSON.stringify(row),
    observed_at: row.updated_at,
    run_id: RUN_ID,
    load_date: "2026-05-01",
    ...row,
  }));
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const { sql } = warehouse;
  await sql`
    insert into stg.${sql(table)} (${sql(columns)})
    select ${sql(columns)}
    from jsonb_populate_recordset(null::stg.${sql(table)}, ${JSON.stringify(records)}::jsonb)
    on conflict do nothing
  `;
}

/** Lands events of leads as a load does: what is there already stays. */
export async function landEvents(
  { sql }: Warehouse,
  events: readonly StagedEvent[],
): Promise<void> {
  const rows = events.map((event) => ({
    before: [],
    after: [],
    run_id: RUN_ID,
    load_date: "2026-05-01",
    ...event,
  }));
  await sql`
    insert into stg.stg_lead_events (id, lead_id, type, created_at, before, after, run_id, load_date)
    select id, lead_id, type, created_at, before, after, run_id, load_date
    from jsonb_populate_recordset(null::stg.stg_lead_events, ${JSON.stringify(rows)}::jsonb)
    on conflict do nothing
  `;
}

/** When a lead came back from the trash, as an event tells it. */
export type RestoreRow = Pick<StagedEvent, "lead_id" | "created_at">;

/** Lands a `lead_restored` event for each. */
export async function landRestores(
  warehouse: Warehouse,
  restores: readonly RestoreRow[],
): Promise<void> {
  const events = restores.map((restore) => ({
    ...restore,
    id: crypto.randomUUID(),
    type: "lead_restored",
  }));
  await landEvents(warehouse, events);
}

/** Replaces the listing of statuses by those of these pipelines: `{ 10: ["Car Rental", { 1: "Inquiry" }] }`. */
export async function listStatuses(
  warehouse: Warehouse,
  pipelines: Readonly<Record<number, readonly [string, Readonly<Record<number, string>>]>>,
): Promise<void> {
  const rows = Object.entries(pipelines).flatMap(([pipelineId, [pipelineName, statuses]]) =>
    Object.entries(statuses).map(([statusId, statusName]) => ({
      pipeline_id: Number(pipelineId),
      status_id: Number(statusId),
      pipeline_name: pipelineName,
      status_name: statusName,
      status_sort: Number(statusId),
      is_archive: false,
      run_id: RUN_ID,
      load_date: "2026-05-01",
    }))
  );
  await warehouse.sql.begin(async (tx) => {
    await tx`delete from dict.dict_status_leads_stg`;
    await tx`insert into dict.dict_status_leads_stg ${tx(rows)}`;
  });
}

/** Runs the tasks of SQL files, named by their merge, for one date, each in a transaction of its own. */
export async function runFiles(
  warehouse: Warehouse,
  logicalDate: string,
  paths: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<readonly Metrics[]> {
  const results: Metrics[] = [];
  for (const path of paths) {
    const { id, sqlFiles } = taskOf(path);
    const run = (tx: TransactionSql) =>
      runSqlFiles(tx, sqlFiles, {
        target: targetOf(id),
        logical_date: logicalDate,
        run_id: RUN_ID,
        business_tz: "Asia/Dubai",
        pipeline: "Car Rental",
        grace_minutes: "29",
        weekend_days: "6,7",
        max_horizon_days: "730",
        cohort_maturity_days: "30",
        ...settings,
      });
    results.push(await warehouse.sql.begin(run));
  }
  return results;
}

/** The files of the task that a merge belongs to, in order. */
export function filesOf(merge: string): readonly string[] {
  return taskOf(merge).sqlFiles;
}

function taskOf(file: string): Required<Pick<Task, "id" | "sqlFiles">> {
  const tasks = dags.flatMap((dag) => dag.tasks);
  const { id = "", sqlFiles = [file] } = tasks.find((task) => task.sqlFiles?.includes(file)) ?? {};
  return { id, sqlFiles };
}

/** Every task that is SQL alone, in the order of the DAGs: from STG to the marts. */
export const SQL_TASKS: readonly Task[] = dags.flatMap(({ tasks }) => tasks)
  .filter(({ prepare, sqlFiles }) => !prepare && sqlFiles !== undefined);

/** From STG to the facts, in the order of the DAGs. */
export const MERGES = [
  "ods/merge_ods_leads.sql",
  "ods/merge_ods_clients.sql",
  "ods/merge_ods_cars.sql",
  "dict/merge_dict_status_leads.sql",
  "dds/merge_dim_car.sql",
  "dds/merge_dim_client.sql",
  "dds/merge_dim_status.sql",
  "dds/merge_fact_lead_status_change.sql",
  "dds/merge_fact_rentals.sql",
  "dds/merge_fact_fleet_usage_day.sql",
  "dds/merge_dim_date.sql",
] as const;

/** Whole rows of a table as text, `load_date` aside, in the order of its key. */
export async function dump(warehouse: Warehouse, table: string, key: string): Promise<string[]> {
  const rows = await warehouse.sql.unsafe(
    `select (to_jsonb(t) - 'load_date')::text as row from ${table} as t order by ${key}`,
  );
  return rows.map((row) => String(row.row));
}
