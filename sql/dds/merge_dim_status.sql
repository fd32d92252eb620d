-- What:  brings dim_status up to the dictionary and to every status that a lead ever had
-- Grain: one row per (pipeline, status)
-- Reads: dict.dict_status_leads, stg.stg_leads and stg.stg_lead_events (which statuses
--        leads had since the last merge), ops.watermark
--
-- A status that the dictionary lacks would leave facts without their dimension: it gets
-- a row that says so, until the dictionary knows it.

select ops.lock_watermarks(
    'dict.dict_status_leads', 'ods.ods_leads_hist', 'dds.dim_status',
    'dds.dim_status/events', 'dds.dim_status/statuses'
);

create temporary table progress on commit drop as
select
    watermark.name,
    watermark.position as read_from,
    case watermark.name
        when 'dds.dim_status' then (
            select leads.position
            from ops.watermark as leads
            where leads.name = 'ods.ods_leads_hist'
        )
        when 'dds.dim_status/events' then (
            select coalesce(max(stg_lead_events.landed_seq), 0)
            from stg.stg_lead_events
        )
        else (
            select coalesce(max(dict_status_leads.changed_seq), 0)
            from dict.dict_status_leads
        )
    end as read_to
from ops.watermark
where
    watermark.name in (
        'dds.dim_status', 'dds.dim_status/events', 'dds.dim_status/statuses'
    );

create temporary table unknown_statuses on commit drop as
with event_sides as (
    select side.value -> 0 -> 'lead_status' as status
    from stg.stg_lead_events
    inner join progress
        on
            progress.name = 'dds.dim_status/events'
            and stg_lead_events.landed_seq > progress.read_from
            and stg_lead_events.landed_seq <= progress.read_to
    cross join lateral (
        values (stg_lead_events.before), (stg_lead_events.after)
    ) as side (value)
    where stg_lead_events.type = 'lead_status_changed'
),

seen_statuses as (
    select
        stg_leads.pipeline_id,
        stg_leads.status_id
    from stg.stg_leads
    inner join progress
        on
            progress.name = 'dds.dim_status'
            and stg_leads.landed_seq > progress.read_from
            and stg_leads.landed_seq <= progress.read_to
    where
        stg_leads.pipeline_id is not null
        and stg_leads.status_id is not null
    union
    select
        (event_sides.status ->> 'pipeline_id')::bigint as pipeline_id,
        (event_sides.status ->> 'id')::bigint as status_id
    from event_sides
    -- A side that does not parse tells of no status; "case" keeps the cast behind it.
    where
        case
            when jsonb_typeof(event_sides.status) = 'object'
                then
                    (event_sides.status ->> 'pipeline_id') ~ '^[0-9]{1,18}$'
                    and (event_sides.status ->> 'id') ~ '^[0-9]{1,18}$'
        end
    union
    -- Those of before, to follow their pipeline's name.
    select
        dim_status.pipeline_id,
        dim_status.status_id
    from dds.dim_status
)

select
    seen_statuses.pipeline_id,
    seen_statuses.status_id,
    coalesce(pipelines.pipeline_name, 'Unknown ' || seen_statuses.pipeline_id)
        as pipeline_name
from seen_statuses
left join lateral (
    select dict_status_leads.pipeline_name
    from dict.dict_status_leads
    where dict_status_leads.pipeline_id = seen_statuses.pipeline_id
    limit 1
) as pipelines on true
where
    not exists (
        select
        from dict.dict_status_leads
        where
            dict_status_leads.pipeline_id = seen_statuses.pipeline_id
            and dict_status_leads.status_id = seen_statuses.status_id
    );

create temporary table desired_statuses (
    like dds.dim_status
) on commit drop;

insert into desired_statuses (
    pipeline_id, status_id, pipeline_name, status_name, stage, status_sort,
    is_archive, load_date
)
select
    dict_status_leads.pipeline_id,
    dict_status_leads.status_id,
    dict_status_leads.pipeline_name,
    dict_status_leads.status_name,
    dict_status_leads.stage,
    dict_status_leads.status_sort,
    dict_status_leads.is_archive,
    current_setting('rental.logical_date')::date as load_date
from dict.dict_status_leads
union all
select
    unknown_statuses.pipeline_id,
    unknown_statuses.status_id,
    unknown_statuses.pipeline_name,
    dict.unknown_status_name(unknown_statuses.status_id) as status_name,
    dict.unknown_status_stage(unknown_statuses.status_id) as stage,
    0 as status_sort,
    false as is_archive,
    current_setting('rental.logical_date')::date as load_date
from unknown_statuses;

create temporary table status_changes on commit drop as
select
    desired_statuses.pipeline_id,
    desired_statuses.status_id,
    dim_status.status_id is null as is_new
from desired_statuses
left join dds.dim_status
    on
        desired_statuses.pipeline_id = dim_status.pipeline_id
        and desired_statuses.status_id = dim_status.status_id
where
    to_jsonb(dim_status) - 'load_date'
    is distinct from to_jsonb(desired_statuses) - 'load_date';

delete from dds.dim_status
using status_changes
where
    dim_status.pipeline_id = status_changes.pipeline_id
    and dim_status.status_id = status_changes.status_id;

insert into dds.dim_status
select desired_statuses.*
from desired_statuses
inner join status_changes
    on
        desired_statuses.pipeline_id = status_changes.pipeline_id
        and desired_statuses.status_id = status_changes.status_id;

update ops.watermark
set
    position = progress.read_to,
    changed_at = clock_timestamp()
from progress
where
    watermark.name = progress.name
    and watermark.position <> progress.read_to;

select
    (select count(*) from dict.dict_status_leads) as rows_read,
    count(*) as rows_written,
    count(*) filter (where status_changes.is_new) as statuses_inserted,
    count(*) filter (where not status_changes.is_new) as statuses_updated,
    (select count(*) from unknown_statuses) as statuses_unknown
from status_changes;
