-- What:  how many live clients have a value in each custom column, before and after a load
-- Grain: one row before (is_after false) and one after; none where no client is live
-- Reads: stg.stg_clients, $1 the last landed_seq before the load (0: there was none)

select
    moments.is_after,
    count(latest_copies.client_name) as client_name,
    count(latest_copies.gender) as gender,
    count(latest_copies.phone) as phone,
    count(latest_copies.email) as email,
    count(latest_copies.nationality) as nationality,
    count(latest_copies.birth_date) as birth_date,
    count(latest_copies.license) as license
from (values (false), (true)) as moments (is_after)
    cross join lateral (
        select distinct on (stg_clients.id)
            stg_clients.id,
            stg_clients.is_deleted,
            stg_clients.client_name,
            stg_clients.gender,
            stg_clients.phone,
            stg_clients.email,
            stg_clients.nationality,
            stg_clients.birth_date,
            stg_clients.license
        from stg.stg_clients
        where moments.is_after or stg_clients.landed_seq <= $1::bigint
        order by
            stg_clients.id, stg_clients.observed_at desc, stg_clients.updated_at desc,
            stg_clients.is_deleted desc, stg_clients.row_hash collate "C" desc
    ) as latest_copies
where not latest_copies.is_deleted
group by moments.is_after
order by moments.is_after;
