-- What:  deletes the versions of clients that stg knows nothing of
-- Grain: one row per client that had such versions
-- Reads: ods.ods_clients_hist, stg.stg_clients

with deleted as (
    delete from ods.ods_clients_hist
    where
        not exists (
            select
            from stg.stg_clients
            where stg_clients.id = ods_clients_hist.id
        )
    returning ods_clients_hist.id
)

select
    deleted.id,
    count(*) as versions
from deleted
group by deleted.id
order by deleted.id;
