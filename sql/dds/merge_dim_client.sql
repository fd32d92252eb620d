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

create temporary table merge_counts (
    inserted bigint not null default 0,
    updated bigint not null default 0,
    deleted bigint not null default 0
) on commit drop;

-- Its only version was overruled by a later landed copy: there never was such a client.
with gone_clients as (
    delete from dds.dim_client
    using changed_clients
    where
        dim_client.client_id = changed_clients.id
        and not exists (
            select
            from ods.ods_clients_hist
            where ods_clients_hist.id = changed_clients.id
        )
    returning dim_client.client_id
)

insert into merge_counts (deleted)
select count(*)
from gone_clients;

with last_versions as (
    select distinct on (ods_clients_hist.id) ods_clients_hist.*
    from ods.ods_clients_hist
    inner join changed_clients on ods_clients_hist.id = changed_clients.id
    order by ods_clients_hist.id, ods_clients_hist.valid_from desc
),

written_clients as (
    insert into dds.dim_client (
        client_id, load_date,
        client_name, gender, phone, email, nationality, license, is_deleted,
        birth_date, created_at, updated_at
    )
    select
        last_versions.id as client_id,
        current_setting('rental.logical_date')::date as load_date,
        last_versions.client_name,
        last_versions.gender,
        last_versions.phone,
        last_versions.email,
        last_versions.nationality,
        last_versions.license,
        not last_versions.is_current as is_deleted,
        last_versions.birth_date,
        last_versions.created_at,
        last_versions.updated_at
    from last_versions
    on conflict (client_id) do update
    set
        client_name = excluded.client_name,
        gender = excluded.gender,
        phone = excluded.phone,
        email = excluded.email,
        nationality = excluded.nationality,
        license = excluded.license,
        is_deleted = excluded.is_deleted,
        birth_date = excluded.birth_date,
        created_at = excluded.created_at,
        updated_at = excluded.updated_at,
        load_date = excluded.load_date
    where
        row(
            dim_client.client_name, dim_client.gender, dim_client.phone,
            dim_client.email, dim_client.nationality, dim_client.license,
            dim_client.is_deleted, dim_client.birth_date, dim_client.created_at,
            dim_client.updated_at
        ) is distinct from row(
            excluded.client_name, excluded.gender, excluded.phone,
            excluded.email, excluded.nationality, excluded.license,
            excluded.is_deleted, excluded.birth_date, excluded.created_at,
            excluded.updated_at
        )
    -- xmax is 0 in a row that was inserted, not updated.
    returning dim_client.xmax = 0 as is_new
)

insert into merge_counts (inserted, updated)
select
    count(*) filter (where written_clients.is_new),
    count(*) filter (where not written_clients.is_new)
from written_clients;

update ops.watermark
set
    position = ods_watermark.position,
    changed_at = clock_timestamp()
from ops.watermark as ods_watermark
where
    watermark.name = 'dds.dim_client'
    and ods_watermark.name = 'ods.ods_clients_hist'
    and watermark.position <> ods_watermark.position;

select
    (select count(*) from changed_clients) as rows_read,
    sum(merge_counts.inserted + merge_counts.updated + merge_counts.deleted)::bigint
        as rows_written,
    sum(merge_counts.inserted)::bigint as clients_inserted,
    sum(merge_counts.updated)::bigint as clients_updated,
    sum(merge_counts.deleted)::bigint as clients_deleted
from merge_counts;
