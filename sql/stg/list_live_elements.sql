-- What:  elements of a catalog that are live by their newest row
-- Grain: one row per element, a thousand of them at most
-- Reads: stg.stg_clients, stg.stg_cars, $1 which of them, $2 the last id that is known already

with sights as (
    select
        stg_clients.id,
        stg_clients.is_deleted,
        stg_clients.observed_at,
        stg_clients.updated_at,
        stg_clients.row_hash
    from stg.stg_clients
    where $1::text = 'clients' and stg_clients.id > $2::bigint
    union all
    select
        stg_cars.id,
        stg_cars.is_deleted,
        stg_cars.observed_at,
        stg_cars.updated_at,
        stg_cars.row_hash
    from stg.stg_cars
    where $1::text = 'cars' and stg_cars.id > $2::bigint
),

newest_sights as (
    select distinct on (sights.id)
        sights.id,
        sights.is_deleted
    from sights
    order by
        sights.id,
        sights.observed_at desc,
        sights.updated_at desc,
        sights.is_deleted desc,
        sights.row_hash collate "C" desc
)

select newest_sights.id::text as id
from newest_sights
where not newest_sights.is_deleted
order by newest_sights.id
limit 1000;
