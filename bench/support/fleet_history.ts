import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

const CLIENTS = 50_000;
/** Of all that lands here. */
export const RUN_ID = "00000000-0000-4000-8000-000000000001";
const FIRST_MORNING = "2021-05-03T06:00:00Z";
const HOURS = 5 * 365 * 24 + 60 * 24;

/**
 * Lands five years of a fleet: `cars` cars, and `leads` leads that are spread evenly over the years and the sixty
 * days after 2026-05-02, the newest last; two of five are bookings, of one to three days. Each has two copies.
 */
export async function landFleet(warehouse: Warehouse, leads: number, cars: number): Promise<void> {
  await landCatalogs(warehouse, {
    statuses: { 1: "Inquiry", 4: "Confirmed", 6: "Returned", 142: "Closed", 143: "Cancelled" },
    cars,
    clients: CLIENTS,
    createdAt: "2021-05-01Z",
    updatedAt: "2026-04-01Z",
    observedAt: "2026-04-28Z",
  });
  const all = { leads, cars, firstId: 1, recent: 1, anywhere: 1 };
  await landCopies(warehouse, { ...all, copy: 0, observedAt: "2026-04-28Z" });
  await landCopies(warehouse, { ...all, copy: 1, observedAt: "2026-04-30Z" });
}

/** What leads refer to: cars 1 to `cars`, clients 1 to `clients`, and the statuses of pipeline 10. */
export interface Catalogs {
  readonly statuses: Readonly<Record<number, string>>;
  readonly cars: number;
  readonly clients: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly observedAt: string;
}

/** Lands one copy of each car and client, and lists the statuses. */
export async function landCatalogs({ sql }: Warehouse, given: Catalogs): Promise<void> {
  const { statuses, cars, clients, createdAt, updatedAt, observedAt } = given;
  await sql`
    insert into dict.dict_status_leads_stg (
      pipeline_id, status_id, pipeline_name, status_name, status_sort, is_archive, run_id, load_date
    )
    select 10, status_id::bigint, 'Car Rental', status_name, status_id::integer, false, ${RUN_ID}, '2026-05-01'
    from jsonb_each_text(${JSON.stringify(statuses)}::jsonb) as statuses (status_id, status_name)
  `;
  await sql`
    insert into stg.stg_cars (
      id, model, plate, created_at, updated_at, payload, row_hash, observed_at, run_id, load_date
    )
    select
      id, 'Model ' || id % 12, 'A ' || id, ${createdAt}, ${updatedAt}, '{}', md5(id::text),
      ${observedAt}, ${RUN_ID}, '2026-04-28'
    from generate_series(1, ${cars}::bigint) as ids (id)
  `;
  await sql`
    insert into stg.stg_clients (
      id, client_name, license, created_at, updated_at, payload, row_hash, observed_at, run_id, load_date
    )
    select
      id, 'Client ' || id, 'L ' || id, ${createdAt}, ${updatedAt}, '{}', md5(id::text),
      ${observedAt}, ${RUN_ID}, '2026-04-28'
    from generate_series(1, ${clients}::bigint) as ids (id)
  `;
}

/**
 * Lands a changed copy of `changed` leads: four of five among the newest tenth, the others spread over all years;
 * what changes is the stage, the price and every third time the end.
 */
export async function landFleetChanges(
  warehouse: Warehouse,
  leads: number,
  cars: number,
  changed: number,
): Promise<void> {
  await landCopies(warehouse, {
    leads,
    cars,
    copy: 2,
    observedAt: "2026-05-02T20:30:00Z",
    firstId: Math.floor(leads * 0.9),
    recent: Math.max(1, Math.floor(leads / 10 / (changed * 0.8))),
    anywhere: Math.max(1, Math.floor(leads / (changed * 0.2))),
  });
}

interface Copies {
  readonly leads: number;
  readonly cars: number;
  readonly copy: number;
  readonly observedAt: string;
  /** Every so manieth of the leads from `firstId` on, and of all of them. */
  readonly firstId: number;
  readonly recent: number;
  readonly anywhere: number;
}

async function landCopies({ sql }: Warehouse, given: Copies): Promise<void> {
  const { leads, cars, copy, observedAt, firstId, recent, anywhere } = given;
  await sql`
    insert into stg.stg_leads (
      id, pipeline_id, status_id, car_element_id, client_element_id, name, plate, license, budget,
      dailyrate, rental_start, rental_end, created_at, updated_at, payload, row_hash, observed_at,
      run_id, load_date
    )
    select
      id, 10, (array[4, 1, 143, 1, 6])[1 + (id + ${copy}::integer / 2) % 5], 1 + id % ${cars}::integer,
      1 + id % ${CLIENTS}::integer, 'Rental ' || id, 'A ' || 1 + id % ${cars}::integer,
      'L ' || 1 + id % ${CLIENTS}::integer, 100 + id % 900 + ${copy}::integer, 99.5,
      starts_at, starts_at + (1 + (id + (id % 3 = 0)::integer * ${copy}::integer) % 3) * interval '1 day',
      starts_at - (1 + id % 40) * interval '1 day',
      ${observedAt}, jsonb_build_object('id', id), md5(id || ' ' || ${copy}::integer), ${observedAt},
      ${RUN_ID}, '2026-05-01'
    from generate_series(1, ${leads}::bigint) as ids (id)
    cross join lateral (
      select ${FIRST_MORNING}::timestamptz
        + id * (${HOURS}::double precision / ${leads}::double precision) * interval '1 hour'
    ) as dates (starts_at)
    where
      id >= ${firstId}::bigint and id % ${recent}::integer = 0
      or id % ${anywhere}::integer = 0
  `;
}
