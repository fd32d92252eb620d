-- What:  finds the clients that changed, and shows them the files of the law of history
-- Grain: changed_clients: a client; of the only copy that landed of one, where it lies and when it
--        opens, and of a live one whether it is_other than the open version at stored_place
-- Reads: stg.stg_clients, ods.ods_clients_hist, ops.watermark

-- A load locks the same row before it lands anything: what landed is visible below.
select ops.lock_watermarks('stg.stg_clients', 'ods.ods_clients_hist');

-- Only where the versions that are there tell what was merged before.
select set_config('rental.may_go_on', (watermark.position > 0)::text, true) as may_go_on
from ops.watermark
where watermark.name = 'ods.ods_clients_hist';

create temporary table changed_clients on commit drop as
with merged as (
    select
        watermark.position = 0
        and not exists (select from ods.ods_clients_hist) as is_first_build
    from ops.watermark
    where watermark.name = 'ods.ods_clients_hist'
),

changes as (
    select
        stg_clients.id,
        stg_clients.landed_seq,
        stg_clients.ctid as new_place,
        least(stg_clients.observed_at, stg_clients.updated_at) as opens_at,
        open_versions.stored_place,
        open_versions.is_other
    from stg.stg_clients
    -- Of a live copy what the open version of its client says, while the copy is at hand.
    left join lateral (
        select
            ods_clients_hist.ctid as stored_place,
            row(
                stg_clients.client_name, stg_clients.gender, stg_clients.phone,
                stg_clients.email, stg_clients.nationality, stg_clients.license,
                stg_clients.birth_date
            ) is distinct from row(
                ods_clients_hist.client_name, ods_clients_hist.gender, ods_clients_hist.phone,
                ods_clients_hist.email, ods_clients_hist.nationality, ods_clients_hist.license,
                ods_clients_hist.birth_date
            ) as is_other
        from ods.ods_clients_hist
        where
            ods_clients_hist.id = stg_clients.id
            and ods_clients_hist.is_current
            and not stg_clients.is_deleted
        -- Said, so that each is looked up, however many the planner thinks there are.
        limit 1
    ) as open_versions on true
    where
        stg_clients.landed_seq > (
            select watermark.position
            from ops.watermark
            where watermark.name = 'ods.ods_clients_hist'
        )
),

counted as (
    select
        changes.id,
        count(*) as copies,
        max(changes.landed_seq) as landed_seq,
        max(changes.new_place) as new_place,
        max(changes.stored_place) as stored_place,
        max(changes.opens_at) as opens_at,
        -- Null where there is more to a client than one live copy beside an open version.
        case when count(*) = 1 then bool_or(changes.is_other) end as is_other
    from changes
    group by changes.id
)

select
    counted.id,
    counted.copies,
    counted.landed_seq,
    counted.copies = 1 and (select merged.is_first_build from merged) as is_alone,
    counted.new_place,
    counted.stored_place,
    -- Of the only new copy: when the last was seen before it, if it is the last itself.
    case
        when counted.is_other is not null
            then (
                select stg_clients.observed_at
                from stg.stg_clients
                where stg_clients.id = counted.id
                order by stg_clients.observed_at desc
                limit 1 offset 1
            )
    end as seen_before_at,
    counted.opens_at,
    counted.is_other
from counted
-- In the order of what is looked up for them: neighbours are in pages already read.
order by 1;

analyze changed_clients (id, is_alone, is_other);

create temporary view changed_records as
select
    changed_clients.id,
    changed_clients.new_place,
    changed_clients.stored_place,
    changed_clients.seen_before_at,
    changed_clients.opens_at,
    changed_clients.is_other,
    changed_clients.is_alone
from changed_clients;

select coalesce(sum(changed_clients.copies), 0)::bigint as rows_read
from changed_clients;
