-- What:  shows scope_newest.sql the clients that changed: their rows in stg, and the versions that
--        are open
-- Grain: looked_at: a client; sights: a row in stg; open_versions: an open version of a client
-- Reads: changed_clients, stg.stg_clients, ods.ods_clients_hist

create temporary view looked_at as
select changed_clients.id
from changed_clients;

create temporary view sights as
select
    stg_clients.id,
    stg_clients.row_hash collate "C" as row_hash,
    stg_clients.is_deleted,
    stg_clients.updated_at,
    stg_clients.observed_at,
    stg_clients.landed_seq,
    -- A deleted row is a marker: it has no state.
    case
        when not stg_clients.is_deleted
            then hash_record_extended(
                row(
                    stg_clients.client_name, stg_clients.gender,
                    stg_clients.phone, stg_clients.email,
                    stg_clients.nationality, stg_clients.license,
                    stg_clients.birth_date
                ),
                0
            )
    end as state
from stg.stg_clients;

create temporary view open_versions as
select
    ods_clients_hist.id,
    ods_clients_hist.valid_from,
    hash_record_extended(
        row(
            ods_clients_hist.client_name, ods_clients_hist.gender,
            ods_clients_hist.phone, ods_clients_hist.email,
            ods_clients_hist.nationality, ods_clients_hist.license,
            ods_clients_hist.birth_date
        ),
        0
    ) as state
from ods.ods_clients_hist
where ods_clients_hist.is_current;

select set_config('rental.newest_of', 'ods.ods_clients_hist', true) as newest_of;
