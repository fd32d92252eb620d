-- What:  what landed last of leads, clients and cars
-- Grain: one row per row of stg, the last twenty of each
-- Reads: stg.stg_leads, stg.stg_clients, stg.stg_cars

with sights as (
    (
        select
            'lead' as kind,
            stg_leads.id,
            stg_leads.observed_at,
            stg_leads.updated_at,
            stg_leads.is_deleted,
            stg_leads.landed_seq
        from stg.stg_leads
        order by stg_leads.landed_seq desc
        limit 20
    )
    union all
    (
        select
            'client' as kind,
            stg_clients.id,
            stg_clients.observed_at,
            stg_clients.updated_at,
            stg_clients.is_deleted,
            stg_clients.landed_seq
        from stg.stg_clients
        order by stg_clients.landed_seq desc
        limit 20
    )
    union all
    (
        select
            'car' as kind,
            stg_cars.id,
            stg_cars.observed_at,
            stg_cars.updated_at,
            stg_cars.is_deleted,
            stg_cars.landed_seq
        from stg.stg_cars
        order by stg_cars.landed_seq desc
        limit 20
    )
)

select
    sights.kind,
    sights.id,
    sights.observed_at,
    sights.updated_at,
    sights.is_deleted
from sights
order by sights.observed_at desc, sights.kind asc, sights.landed_seq desc;
