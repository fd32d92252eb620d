-- What:  shows the law of history the copies of clients, and the versions there are
-- Grain: copies: a copy of a client; stored_versions: a version of one;
--        restores: none, since elements make no events
-- Reads: stg.stg_clients, ods.ods_clients_hist
-- If:    ids_derived (of next_versions.sql)

create temporary view copies as
select
    stg_clients.id,
    stg_clients.ctid as copy_place,
    stg_clients.row_hash collate "C" as row_hash,
    stg_clients.is_deleted,
    stg_clients.deleted_by,
    stg_clients.created_at,
    stg_clients.updated_at,
    stg_clients.observed_at,
    -- A deleted copy is a marker: what it carries besides is never data.
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

create temporary view restores as
select
    null::bigint as id,
    null::timestamptz as restored_at
where false;

create temporary view stored_versions as
select
    ods_clients_hist.id,
    ods_clients_hist.ctid as stored_place,
    ods_clients_hist.is_current,
    ods_clients_hist.closed_by,
    ods_clients_hist.created_at,
    ods_clients_hist.updated_at,
    ods_clients_hist.valid_from,
    ods_clients_hist.valid_to,
    hash_record_extended(
        row(
            ods_clients_hist.client_name, ods_clients_hist.gender,
            ods_clients_hist.phone, ods_clients_hist.email,
            ods_clients_hist.nationality, ods_clients_hist.license,
            ods_clients_hist.birth_date
        ),
        0
    ) as state
from ods.ods_clients_hist;

-- Nothing is counted here: the files that read them do.
select;
