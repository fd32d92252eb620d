-- What:  shows newest.sql which rows in stg are not what the open version of their client says
-- Grain: compared_sights: a row in stg, and the open version of its client
-- Reads: stg.stg_clients, ods.ods_clients_hist
-- If:    has_doubts (of ../versions.sql)

create temporary view compared_sights as
select
    stg_clients.id,
    stg_clients.row_hash collate "C" as row_hash,
    stg_clients.is_deleted,
    stg_clients.updated_at,
    stg_clients.observed_at,
    stg_clients.landed_seq,
    ods_clients_hist.valid_from as opened_at,
    stg_clients.is_deleted = (ods_clients_hist.id is not null)
    or (
        not stg_clients.is_deleted
        and row(
            stg_clients.client_name, stg_clients.gender, stg_clients.phone,
            stg_clients.email, stg_clients.nationality, stg_clients.license,
            stg_clients.birth_date
        ) is distinct from row(
            ods_clients_hist.client_name, ods_clients_hist.gender,
            ods_clients_hist.phone, ods_clients_hist.email,
            ods_clients_hist.nationality, ods_clients_hist.license,
            ods_clients_hist.birth_date
        )
    ) as is_other
from stg.stg_clients
left join ods.ods_clients_hist
    on stg_clients.id = ods_clients_hist.id and ods_clients_hist.is_current;

select 'clients' as compared;
