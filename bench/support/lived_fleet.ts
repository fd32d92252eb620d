import { readChecks } from "../../lib/checks/file.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { nameOf } from "../../lib/run_log/upstreams.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { landCatalogs, RUN_ID } from "./fleet_history.ts";

const YEARS = 5;
const DAYS_AHEAD = 60;
const LOGGED_DAYS = 31;
const STATUSES = {
  1: "Inquiry",
  2: "Quote Sent",
  3: "Deposit Pending",
  4: "Confirmed",
  5: "On Rent",
  6: "Returned",
  142: "Closed",
  143: "Cancelled",
};

/** How large the business is that lived_fleet.sql makes up. */
export interface LivedFleet {
  readonly leads: number;
  readonly cars: number;
  readonly clients: number;
  /** Starts are spread evenly over the five years before it and the sixty days after it. */
  readonly today: Temporal.PlainDate;
}

/**
 * Lands a fleet and its leads as they were lived until now: each with the states that it went through, at their time,
 * and the events of the last year; bookings ahead, cancelled, unassigned, late, double and unpriced ones.
 */
export async function landLivedFleet(warehouse: Warehouse, fleet: LivedFleet): Promise<void> {
  const { leads, cars, clients, today } = fleet;
  const from = today.subtract({ years: YEARS });
  const founded = from.subtract({ days: 60 }).toString();
  await landCatalogs(warehouse, {
    statuses: STATUSES,
    cars,
    clients,
    createdAt: founded,
    updatedAt: founded,
    observedAt: founded,
  });
  const hours = (from.until(today, { largestUnit: "days" }).days + DAYS_AHEAD) * 24;
  const { sql } = warehouse;
  await sql.unsafe(await readBeside("lived_fleet.sql"), [
    ...[leads, cars, clients],
    ...[`${from}T06:00:00Z`, hours, RUN_ID],
  ]);
  await sql.unsafe(await readBeside("lived_fleet_events.sql"), [RUN_ID]);
}

/** Writes a month in which every task has succeeded each day, and one check of the last day has not passed. */
export async function logMonth(
  { sql }: Warehouse,
  dags: readonly Dag[],
  today: Temporal.PlainDate,
): Promise<void> {
  const attempts = dags.flatMap((dag) =>
    dag.tasks.map((task, index) => {
      const before = dag.tasks[index - 1];
      const waitsFor = [...dag.waitsFor, ...before ? [{ dag: dag.id, task: before.id }] : []];
      return { dag: dag.id, task: task.id, waits_for: waitsFor.map(nameOf) };
    })
  ).map((attempt, place) => ({ ...attempt, place }));
  await sql`
    insert into ops.run_log (
      run_id, dag_id, task_id, logical_date, attempt, status, worker, started_at, finished_at,
      rows_read, rows_written, metrics, waits_for
    )
    select
      gen_random_uuid(), dag, task, day, 1, 'success', 'bench',
      day::timestamp at time zone 'UTC' + place * interval '20 seconds',
      day::timestamp at time zone 'UTC' + place * interval '20 seconds' + interval '15 seconds',
      5000, 5000, '{"rows_written": 5000}', waits_for
    from jsonb_to_recordset(${JSON.stringify(attempts)}::jsonb)
      as attempts (dag text, task text, place integer, waits_for jsonb)
    cross join (
      select (${today.toString()}::date - back) as day
      from generate_series(0, ${LOGGED_DAYS - 1}::integer) as days (back)
    ) as dates
  `;
  await logChecks(sql, today);
}

async function logChecks(sql: Warehouse["sql"], today: Temporal.PlainDate): Promise<void> {
  const checks = (await readChecks()).flatMap(({ name, severity, tables }, place) =>
    tables.map(({ task, table }) => ({ name, severity, task, table, is_first: place === 0 }))
  );
  await sql`
    insert into ops.check_result (
      run_id, check_name, table_name, task_id, severity, offenders, sample, checked_at
    )
    select
      gen_random_uuid(), name, "table", task, severity,
      case when back = 0 and is_first then 3 else 0 end,
      case when back = 0 and is_first then '[{"id": "1", "detail": "found by the bench"}]' else '[]' end::jsonb,
      (${today.toString()}::date - back)::timestamp at time zone 'UTC' + interval '10 minutes'
    from jsonb_to_recordset(${JSON.stringify(checks)}::jsonb)
      as checks (name text, severity text, task text, "table" text, is_first boolean)
    cross join generate_series(0, ${LOGGED_DAYS - 1}::integer) as days (back)
  `;
}

async function readBeside(file: string): Promise<string> {
  return await Deno.readTextFile(`${import.meta.dirname}/${file}`);
}
