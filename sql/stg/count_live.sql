-- What:  how many records were live before a load
-- Grain: one row
-- Reads: stg.stg_leads, stg.stg_clients, stg.stg_cars, $1 which of them, $2 the last
--        landed_seq before the load

with sights as (
    select
        stg_leads.id,
        stg_leads.is_deleted,
        stg_leads.observed_at,
        stg_leads.updated_at,
        stg_leads.row_hash
    from stg.stg_leads
    where $1::text = 'leads' and stg_leads.landed_seq <= $2::bigint
    union all
    select
        stg_clients.id,
        stg_clients.is_deleted,
        stg_clients.observed_at,
        stg_clients.updated_at,
        stg_clients.row_hash
    from stg.stg_clients
    where $1::text = 'clients' and stg_clients.landed_seq <= $2::bigint
    union all
    select
        stg_cars.id,
        stg_cars.is_deleted,
        stg_cars.observed_at,
        stg_cars.updated_at,
        stg_cars.row_hash
    from stg.stg_cars
    where $1::text = 'cars' and stg_cars.landed_seq <= $2::bigint
),

newest_sights as (
    select distinct on (sights.id) sights.is_deleted
    from sights
    order by
        sights.id,
        sights.observed_at desc,
        sights.updated_at desc,
        sights.is_deleted desc,
        sights.row_hash collate "C" desc
)

select count(*) filter (where not newest_sights.is_deleted) as records
from newest_sights;
