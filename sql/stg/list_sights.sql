-- What:  the rows of stg about one record, in their order, with the run that landed each
-- Grain: one row per row of stg
-- Reads: stg.stg_leads, stg.stg_clients, stg.stg_cars, ops.run_log (null of runs that
--        were pruned), $1 which of them (leads, clients, cars), $2 the id, $3 the moment
--        up to which they were seen (or null)

with sights as (
    select
        stg_leads.observed_at,
        stg_leads.updated_at,
        stg_leads.is_deleted,
        stg_leads.deleted_by,
        stg_leads.row_hash,
        stg_leads.run_id,
        stg_leads.payload
    from stg.stg_leads
    where $1 = 'leads' and stg_leads.id = $2::bigint
    union all
    select
        stg_clients.observed_at,
        stg_clients.updated_at,
        stg_clients.is_deleted,
        stg_clients.deleted_by,
        stg_clients.row_hash,
        stg_clients.run_id,
        stg_clients.payload
    from stg.stg_clients
    where $1 = 'clients' and stg_clients.id = $2::bigint
    union all
    select
        stg_cars.observed_at,
        stg_cars.updated_at,
        stg_cars.is_deleted,
        stg_cars.deleted_by,
        stg_cars.row_hash,
        stg_cars.run_id,
        stg_cars.payload
    from stg.stg_cars
    where $1 = 'cars' and stg_cars.id = $2::bigint
)

select
    sights.run_id,
    landing_run.dag_id,
    landing_run.logical_date,
    sights.observed_at,
    sights.updated_at,
    sights.is_deleted,
    sights.deleted_by,
    sights.payload
from sights
left join lateral (
    select
        run_log.dag_id,
        run_log.logical_date
    from ops.run_log
    where run_log.run_id = sights.run_id
    limit 1
) as landing_run on true
where
    $3::text::timestamptz is null
    or sights.observed_at <= $3::text::timestamptz
order by
    sights.observed_at, sights.updated_at, sights.is_deleted,
    sights.row_hash collate "C";
