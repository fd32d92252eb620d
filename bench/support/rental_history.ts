import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { landCatalogs, RUN_ID } from "./fleet_history.ts";

const CARS = 400;
const CLIENTS = 9_000;

/**
 * Lands the cars, the clients, the statuses and `leads` leads of a business: each car is rented three days of
 * four, the newest lead last, so that 200,000 leads are five and a half years of 400 cars.
 */
export async function landBusiness(warehouse: Warehouse, leads: number): Promise<void> {
  await landCatalogs(warehouse, {
    statuses: { 1: "Inquiry", 4: "Confirmed", 6: "Returned", 142: "Closed", 143: "Cancelled" },
    cars: CARS,
    clients: CLIENTS,
    createdAt: "2020-11-01Z",
    updatedAt: "2026-04-01Z",
    observedAt: "2026-05-01Z",
  });
  for (const copy of [0, 1, 2]) await landCopies(warehouse, copy, 1, leads);
}

/** Lands a changed copy of the `changed` newest leads, and one of every fortieth car. */
export async function landChanges(
  warehouse: Warehouse,
  leads: number,
  changed: number,
): Promise<void> {
  await landCopies(warehouse, 3, leads - changed + 1, leads);
  await warehouse.sql`
    insert into stg.stg_cars (
      id, model, plate, dailyrate, created_at, updated_at, payload, row_hash, observed_at, run_id, load_date
    )
    select
      id, 'Model ' || id % 12, 'A ' || id, 99, '2020-11-01Z', '2026-05-02Z', '{}', md5(id || ' changed'),
      '2026-05-02Z', ${RUN_ID}, '2026-05-02'
    from generate_series(40, ${CARS}::bigint, 40) as ids (id)
  `;
}

/** Lands copy number `copy` of the leads `first` to `last`, each with a changed price. */
async function landCopies(
  { sql }: Warehouse,
  copy: number,
  first: number,
  last: number,
): Promise<void> {
  await sql`
    insert into stg.stg_leads (
      id, pipeline_id, status_id, car_element_id, client_element_id, name, plate, license, budget,
      dailyrate, rental_start, rental_end, created_at, updated_at, payload, row_hash, observed_at,
      run_id, load_date
    )
    select
      id, 10, (array[1, 4, 6, 142, 143])[1 + (id + ${copy}::integer) % 5], 1 + id % ${CARS}::integer,
      1 + id % ${CLIENTS}::integer, 'Rental ' || id, 'A ' || 1 + id % ${CARS}::integer,
      'L ' || 1 + id % ${CLIENTS}::integer, 100 + id % 900 + ${copy}::integer, 99.5,
      '2020-11-01Z'::timestamptz + id / ${CARS}::integer * interval '4 days',
      '2020-11-04Z'::timestamptz + id / ${CARS}::integer * interval '4 days',
      '2020-10-01Z'::timestamptz + id / ${CARS}::integer * interval '4 days',
      '2026-04-29Z'::timestamptz + ${copy}::integer * interval '1 day',
      jsonb_build_object('id', id, 'name', 'Rental ' || id, 'price', 100 + id % 900 + ${copy}::integer),
      md5(id || ' ' || ${copy}::integer), '2026-04-29Z'::timestamptz + ${copy}::integer * interval '1 day',
      ${RUN_ID}, '2026-05-01'
    from generate_series(${first}::bigint, ${last}::bigint) as ids (id)
  `;
}
