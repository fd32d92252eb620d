-- What:  brings dim_client up to the history (a deleted client: the last version)
-- Grain: one row per client
-- Reads: ods.ods_clients_hist, stg.stg_clients (which changed), ops.watermark

select ops.lock_watermarks('ods.ods_clients_hist', 'dds.dim_client');

create temporary table changed_clients on commit drop as
select distinct stg_clients.id
from stg.stg_clients
where
    stg_clients.landed_seq > (
        select watermark.position
        from ops.watermark
        where watermark.name = 'dds.dim_client'
    )
    and stg_clients.landed_seq <= (
        select watermark.position
        from ops.watermark
        where watermark.name = 'ods.ods_clients_hist'
    );

analyze changed_clients;

-- None for a client whose only version was overruled by a copy that landed later: there
-- never was such a client.
create temporary table desired_clients (
    like dds.dim_client
) on commit drop;

insert into desired_clients (
    client_id, client_name, gender, phone, email, nationality, license,
    is_deleted, birth_date, created_at, updated_at, load_date
)
select distinct on (ods_clients_hist.id)
    ods_clients_hist.id as client_id,
    ods_clients_hist.client_name,
    ods_clients_hist.gender,
    ods_clients_hist.phone,
    ods_clients_hist.email,
    ods_clients_hist.nationality,
    ods_clients_hist.license,
    not ods_clients_hist.is_current as is_deleted,
    ods_clients_hist.birth_date,
    ods_clients_hist.created_at,
    ods_clients_hist.updated_at,
    current_setting('rental.logical_date')::date as load_date
from ods.ods_clients_hist
inner join changed_clients on ods_clients_hist.id = changed_clients.id
order by ods_clients_hist.id, ods_clients_hist.valid_from desc;

create temporary table client_changes on commit drop as
select
    changed_clients.id as client_id,
    dim_client.client_id is null as is_new,
    desired_clients.client_id is null as is_gone
from changed_clients
left join dds.dim_client on changed_clients.id = dim_client.client_id
left join desired_clients on changed_clients.id = desired_clients.client_id
where
    to_jsonb(dim_client) - 'load_date'
    is distinct from to_jsonb(desired_clients) - 'load_date';

delete from dds.dim_client
using client_changes
where dim_client.client_id = client_changes.client_id;

insert into dds.dim_client
select desired_clients.*
from desired_clients
inner join client_changes on desired_clients.client_id = client_changes.client_id;

select ops.finish_reading('dds.dim_client', watermark.position, null, null)
from ops.watermark
where watermark.name = 'ods.ods_clients_hist';

select
    (select count(*) from changed_clients) as rows_read,
    count(*) as rows_written,
    count(*) filter (where client_changes.is_new) as clients_inserted,
    count(*) filter (
        where not client_changes.is_new and not client_changes.is_gone
    ) as clients_updated,
    count(*) filter (where client_changes.is_gone) as clients_deleted
from client_changes;
