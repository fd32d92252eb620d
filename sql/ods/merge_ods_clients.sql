-- What:  writes the versions of clients that are new, changed or no longer true
-- Grain: one row per version of a client, valid in [valid_from, valid_to)
-- Reads: versions (of compared_versions.sql), closed_versions and written_versions (of
--        versions.sql), changed_clients (of copies.sql), stg.stg_clients

delete from ods.ods_clients_hist
using versions
where
    ods_clients_hist.ctid = versions.stored_place
    and (
        versions.fate in ('reopened', 'removed')
        or (versions.fate = 'closed' and versions.is_rewritten)
    );

-- A version that ends keeps its values.
update ods.ods_clients_hist
set
    valid_to = closed_versions.valid_to,
    is_current = false,
    closed_by = closed_versions.closed_by,
    load_date = current_setting('rental.logical_date')::date
from closed_versions
where ods_clients_hist.ctid = closed_versions.stored_place;

insert into ods.ods_clients_hist (
    id, client_name, gender, phone, email, nationality, license, birth_date,
    created_at, updated_at, valid_from, valid_to, is_current, closed_by,
    load_date
)
select
    written_versions.id,
    stg_clients.client_name,
    stg_clients.gender,
    stg_clients.phone,
    stg_clients.email,
    stg_clients.nationality,
    stg_clients.license,
    stg_clients.birth_date,
    stg_clients.created_at,
    stg_clients.updated_at,
    written_versions.valid_from,
    written_versions.valid_to,
    written_versions.valid_to is null as is_current,
    written_versions.closed_by,
    current_setting('rental.logical_date')::date as load_date
from written_versions
-- Fetched where they lie, one by one: of a first build all of stg would be put into a hash table.
cross join lateral (
    select stg_clients.*
    from stg.stg_clients
    where stg_clients.ctid = written_versions.copy_place
    offset 0
) as stg_clients;

update ops.watermark
set
    position = (select max(changed_clients.landed_seq) from changed_clients),
    changed_at = clock_timestamp()
where
    watermark.name = 'ods.ods_clients_hist'
    and exists (select from changed_clients);

drop view changed_records, next_versions, closed_versions, written_versions, version_counts;

select count(*) as ids_changed
from changed_clients;
