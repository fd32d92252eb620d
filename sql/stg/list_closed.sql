-- What:  records that a load has marked as deleted: live before it, a marker their newest row
-- Grain: one row per record
-- Reads: stg.stg_leads, stg.stg_clients, stg.stg_cars, $1 which of them, $2 the last
--        landed_seq before the load

with marked_records as (
    select stg_leads.id
    from stg.stg_leads
    where $1::text = 'leads' and stg_leads.landed_seq > $2::bigint and stg_leads.is_deleted
    union
    select stg_clients.id
    from stg.stg_clients
    where
        $1::text = 'clients'
        and stg_clients.landed_seq > $2::bigint
        and stg_clients.is_deleted
    union
    select stg_cars.id
    from stg.stg_cars
    where $1::text = 'cars' and stg_cars.landed_seq > $2::bigint and stg_cars.is_deleted
),

sights as (
    select
        marked_records.id,
        copies.*
    from marked_records
    cross join lateral (
        select
            stg_leads.is_deleted,
            stg_leads.landed_seq,
            stg_leads.observed_at,
            stg_leads.updated_at,
            stg_leads.row_hash
        from stg.stg_leads
        where $1::text = 'leads' and stg_leads.id = marked_records.id
        union all
        select
            stg_clients.is_deleted,
            stg_clients.landed_seq,
            stg_clients.observed_at,
            stg_clients.updated_at,
            stg_clients.row_hash
        from stg.stg_clients
        where $1::text = 'clients' and stg_clients.id = marked_records.id
        union all
        select
            stg_cars.is_deleted,
            stg_cars.landed_seq,
            stg_cars.observed_at,
            stg_cars.updated_at,
            stg_cars.row_hash
        from stg.stg_cars
        where $1::text = 'cars' and stg_cars.id = marked_records.id
    ) as copies
),

newest_sights as (
    select
        sights.id,
        (
            array_agg(
                sights.is_deleted
                order by
                    sights.observed_at desc, sights.updated_at desc,
                    sights.is_deleted desc, sights.row_hash collate "C" desc
            )
        )[1] as is_deleted,
        (
            array_agg(
                sights.is_deleted
                order by
                    sights.observed_at desc, sights.updated_at desc,
                    sights.is_deleted desc, sights.row_hash collate "C" desc
            ) filter (where sights.landed_seq <= $2::bigint)
        )[1] as was_deleted
    from sights
    group by sights.id
)

select newest_sights.id::text as id
from newest_sights
where newest_sights.is_deleted and not newest_sights.was_deleted
order by newest_sights.id;
