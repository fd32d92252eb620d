// Leads put into STG by the server itself, for tests that count what plans read.
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { listStatuses } from "./staged.ts";

/** How many leads land, how many cars they take turns on, and of one in how many an event tells too. */
interface Bulk {
  readonly leads: number;
  readonly cars: number;
  /** How many clients there are, of which 150 rent. */
  readonly clients?: number;
  readonly oneEventIn: number;
}

/** Leads of two days each, one after the other on each car, by 150 clients, with events of some. */
export async function landBulk(
  warehouse: Warehouse,
  { leads, cars, clients = 150, oneEventIn }: Bulk,
): Promise<void> {
  await listStatuses(warehouse, { 10: ["Car Rental", { 1: "Inquiry", 4: "Confirmed" }] });
  await warehouse.sql.unsafe(`
    insert into stg.stg_cars (id, plate, created_at, updated_at, payload, row_hash, observed_at, run_id, load_date)
    select id, 'A ' || id, '2026-01-01Z', '2026-01-01Z', '{}', md5(id::text), '2026-04-28Z', gen_random_uuid(), '2026-05-01'
    from generate_series(1, ${cars}) as ids (id);
    insert into stg.stg_clients (id, license, created_at, updated_at, payload, row_hash, observed_at, run_id, load_date)
    select id, 'L ' || id, '2026-01-01Z', '2026-01-01Z', '{}', md5(id::text), '2026-04-28Z', gen_random_uuid(), '2026-05-01'
    from generate_series(1, ${clients}) as ids (id);
  `);
  await landBulkLeads(warehouse, { day: 1, from: 1, to: leads, cars });
  await warehouse.sql`
    insert into stg.stg_lead_events (id, lead_id, type, created_at, before, after, run_id, load_date)
    select
      md5(id::text), id, 'lead_status_changed', '2026-04-20Z'::timestamptz + id * interval '1 second',
      '[{"lead_status": {"id": 1, "pipeline_id": 10}}]', '[{"lead_status": {"id": 4, "pipeline_id": 10}}]',
      gen_random_uuid(), '2026-05-01'
    from generate_series(1, ${leads}::bigint, ${oneEventIn}::bigint) as ids (id)
  `;
}

/** One copy of the leads from one id to another, as a day shows them. */
export async function landBulkLeads(
  { sql }: Warehouse,
  { day, from, to, cars }: {
    readonly day: number;
    readonly from: number;
    readonly to: number;
    readonly cars: number;
  },
): Promise<void> {
  await sql`
    insert into stg.stg_leads (
      id, pipeline_id, status_id, plate, license, budget, rental_start, rental_end, created_at, updated_at, payload,
      row_hash, observed_at, run_id, load_date
    )
    select
      id, 10, 4, 'A ' || 1 + id % ${cars}::integer, 'L ' || 1 + id % 150, 100 + id % 900 + ${day},
      '2021-01-01Z'::timestamptz + (id / ${cars}::integer) * interval '2 days',
      '2021-01-03Z'::timestamptz + (id / ${cars}::integer) * interval '2 days',
      '2020-12-01Z', '2026-04-20Z'::timestamptz + ${day} * interval '1 day', '{}', md5(id || ' ' || ${day}::integer),
      '2026-04-21Z'::timestamptz + ${day} * interval '1 day', gen_random_uuid(), '2026-05-01'
    from generate_series(${from}::bigint, ${to}::bigint) as ids (id)
  `;
}
