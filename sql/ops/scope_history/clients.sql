-- What:  shows versions.sql and newest.sql the clients that changed, their versions, and which rows
--        in stg are not what the open version of their client says
-- Grain: looked_at: a client; kept_versions: a version; landed_keys: a row in stg;
--        compared_sights: one, and the open version of its client
-- Reads: changed_clients, stg.stg_clients, ods.ods_clients_hist

create temporary view looked_at as
select changed_clients.id
from changed_clients;

create temporary view kept_versions as
select
    ods_clients_hist.id,
    ods_clients_hist.ctid as place,
    ods_clients_hist.is_current,
    ods_clients_hist.updated_at,
    ods_clients_hist.valid_from,
    ods_clients_hist.valid_to
from ods.ods_clients_hist;

create temporary view landed_keys as
select
    stg_clients.id,
    stg_clients.observed_at,
    stg_clients.row_hash collate "C" as row_hash
from stg.stg_clients;

create temporary view compared_sights as
select
    stg_clients.id,
    stg_clients.row_hash collate "C" as row_hash,
    stg_clients.is_deleted,
    stg_clients.updated_at,
    stg_clients.observed_at,
    stg_clients.landed_seq,
    ods_clients_hist.ctid as version_place,
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

select set_config('rental.scoped_history', 'ods.ods_clients_hist', true) as scoped_history;
