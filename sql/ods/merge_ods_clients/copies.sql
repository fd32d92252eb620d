-- What:  shows the files of the law of history the clients that changed:
--        their copies, and the versions there are
-- Grain: changed_clients: a client; copies: a copy of one; stored_versions: a version of one;
--        restores: none, since elements make no events
-- Reads: stg.stg_clients, ods.ods_clients_hist, ops.watermark

-- A load locks the same row before it lands anything: what landed is visible below.
select ops.lock_watermarks('stg.stg_clients', 'ods.ods_clients_hist');

create temporary table changed_clients on commit drop as
with merged as (
    select
        watermark.position > 0 as has_any,
        watermark.position = 0
        and not exists (select from ods.ods_clients_hist) as is_first_build
    from ops.watermark
    where watermark.name = 'ods.ods_clients_hist'
),

counted as (
    select
        stg_clients.id,
        count(*) as copies,
        max(stg_clients.landed_seq) as landed_seq,
        max(stg_clients.ctid) as new_place,
        count(*) = 1 as is_one
    from stg.stg_clients
    where
        stg_clients.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_clients_hist'
        )
    group by stg_clients.id
)

select
    counted.id,
    counted.copies,
    counted.landed_seq,
    counted.new_place,
    -- Of the only new copy: when the last was seen before it, if it is the last itself.
    case
        when counted.is_one and (select merged.has_any from merged)
            then (
                select stg_clients.observed_at
                from stg.stg_clients
                where stg_clients.id = counted.id
                order by stg_clients.observed_at desc
                limit 1 offset 1
            )
    end as seen_before_at,
    counted.is_one and (select merged.is_first_build from merged) as is_alone
from counted
-- In the order of what is looked up for them: neighbours are in pages already read.
order by 1;

analyze changed_clients;

create temporary view changed_records as
select
    changed_clients.id,
    changed_clients.new_place,
    changed_clients.seen_before_at,
    changed_clients.is_alone
from changed_clients;

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

select coalesce(sum(changed_clients.copies), 0)::bigint as rows_read
from changed_clients;
