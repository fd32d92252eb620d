import type { Metrics } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dag } from "../../pipeline/daily_build_dm.ts";
import { type Landed, liveDay } from "./rentals.ts";
import { runFiles } from "./staged.ts";

/** The last SQL file of every task of daily_build_dm, in order: what `runFiles` names a task by. */
const MART_BUILDS: readonly string[] = dag.tasks.map(({ sqlFiles }) => sqlFiles?.at(-1) ?? "");

/** Lands copies, runs every merge of a logical date and builds every mart; the metrics by task of daily_build_dm. */
export async function buildDay(
  warehouse: Warehouse,
  logicalDate: string,
  landed: Landed = {},
  settings: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, Metrics>> {
  await liveDay(warehouse, logicalDate, landed, settings);
  return await buildMarts(warehouse, logicalDate, settings);
}

/** Builds every mart of a logical date; the metrics by task. */
export async function buildMarts(
  warehouse: Warehouse,
  logicalDate: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, Metrics>> {
  const metrics = await runFiles(warehouse, logicalDate, MART_BUILDS, {
    currency: "AED",
    ...settings,
  });
  return new Map(dag.tasks.map(({ id }, i) => [id, metrics[i] ?? {}]));
}

/** Forgets every mart, so that the next build starts from nothing, as of an empty warehouse. */
export async function forgetMarts({ sql }: Warehouse): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      truncate dm.unattributed_booking, dm.fleet_utilisation_month, dm.revenue_day,
        dm.revenue_month, dm.booking_pace, dds.booked_version, dds.booked_step, dds.changed_car_day
    `;
    await tx`update dm.source_change set position = 0, newest_change = null`;
    await tx`
      update ops.watermark
      set position = 0, cursor_day = null, settings = null
      where name like 'dm.%/%'
    `;
  });
}

/** Empties leads, cars and all that is built of them, as of a new warehouse. */
export async function startAnew(warehouse: Warehouse): Promise<void> {
  await warehouse.sql.begin(async (tx) => {
    await tx`
      truncate stg.stg_leads, stg.stg_cars, ods.ods_leads_hist, ods.ods_cars_hist, dds.fact_rentals,
        dds.fact_lead_status_change, dds.lead_first_status, dds.unresolved_link, dds.fact_fleet_usage_day,
        dds.fact_fleet_usage_day_pending, dds.fact_rentals_pending, dds.changed_lead, dm.build
    `;
    await tx`delete from dds.dim_car where car_id <> 0`;
    await tx`update ops.watermark set position = 0, cursor_day = null, settings = null`;
  });
  await forgetMarts(warehouse);
}

/** Whole rows of a query as text, in its order. */
export async function listRows({ sql }: Warehouse, query: string): Promise<string[]> {
  const rows = await sql.unsafe(`select to_jsonb(t)::text as row from (${query}) as t`);
  return rows.map((row) => String(row.row));
}
