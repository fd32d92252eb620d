import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  dubai,
  INQUIRY,
  type Landed,
  liveDay,
  ON_RENT,
  RENTALS,
  RETURNED,
} from "./rentals.ts";
import { runFiles, type StagedRow } from "./staged.ts";

export const QUOTE = 2;
export const DEPOSIT = 3;
/** A second status of the stage confirmed. */
export const PAID = 44;

/** The statuses of the rental pipeline, one of each stage and a second one that is confirmed too. */
export const STAGES: Readonly<Record<number, string>> = {
  [INQUIRY]: "Inquiry",
  [QUOTE]: "Quote Sent",
  [DEPOSIT]: "Deposit Pending",
  [CONFIRMED]: "Confirmed",
  [PAID]: "Confirmed and paid",
  [ON_RENT]: "On Rent",
  [RETURNED]: "Returned",
  [CLOSED]: "Closed",
  [CANCELLED]: "Cancelled / No-show",
};

/** The tasks of the marts of leads, by their last file, in the order of the DAG. */
export const LEAD_MARTS = [
  "dm/build_lead_state.sql",
  "dm/build_lead_funnel_week.sql",
  "dm/build_stage_transition.sql",
  "dm/build_rental_changes.sql",
  "dm/build_data_trust.sql",
] as const;

/** Lands copies, and runs every merge and the marts of leads for a logical date; rows written by mart. */
export async function liveMarts(
  warehouse: Warehouse,
  logicalDate: string,
  landed: Landed = {},
  settings: Readonly<Record<string, string>> = {},
  stages = STAGES,
): Promise<readonly number[]> {
  await liveDay(warehouse, logicalDate, landed, settings, stages);
  return await buildLeadMarts(warehouse, logicalDate, settings);
}

/** Runs the marts of leads alone. */
export async function buildLeadMarts(
  warehouse: Warehouse,
  logicalDate: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<readonly number[]> {
  const metrics = await runFiles(warehouse, logicalDate, LEAD_MARTS, settings);
  return metrics.map(({ rows_written }) => Number(rows_written ?? 0));
}

/** Rows of a mart as values; numbers as numbers, days as text. */
export async function readMart({ sql }: Warehouse, query: string): Promise<unknown[][]> {
  const rows = await sql.unsafe(`select to_json(mart) as row from (${query}) as mart`);
  return rows.map(({ row }) => Object.values(row));
}

/** The copies of a lead along its statuses, each seen when it came: `path(1, "2026-05-01 10:00", {}, [["2026-05-02 10:00", CONFIRMED]])`. */
export function path(
  id: number,
  createdAt: string,
  columns: StagedRow,
  statuses: readonly (readonly [at: string, status: number, columns?: StagedRow])[],
): StagedRow[] {
  return statuses.map(([at, status_id, changed]) => ({
    id,
    pipeline_id: RENTALS,
    created_at: dubai(createdAt),
    updated_at: dubai(at),
    status_id,
    ...columns,
    ...changed,
  }));
}
