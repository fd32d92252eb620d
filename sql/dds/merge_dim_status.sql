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

create temporary table reading on commit drop as
select
    leads_done.position as leads_from,
    leads_ready.position as leads_to,
    events_done.position as events_from,
    (select coalesce(max(stg_lead_events.landed_seq), 0) from stg.stg_lead_events)
        as events_to,
    (select coalesce(max(dict_status_leads.changed_seq), 0) from dict.dict_status_leads)
        as statuses_to
from ops.watermark as leads_done
cross join ops.watermark as leads_ready
cross join ops.watermark as events_done
where
    leads_done.name = 'dds.dim_status'
    and leads_ready.name = 'ods.ods_leads_hist'
    and events_done.name = 'dds.dim_status/events';

create temporary table unknown_statuses on commit drop as
with event_sides as (
    select side.value -> 0 -> 'lead_status' as status
    from stg.stg_lead_events
    inner join reading
        on
            stg_lead_events.landed_seq > reading.events_from
            and stg_lead_events.landed_seq <= reading.events_to
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
    inner join reading
        on
            stg_leads.landed_seq > reading.leads_from
            and stg_leads.landed_seq <= reading.leads_to
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

create temporary table merge_counts (
    inserted bigint not null,
    updated bigint not null
) on commit drop;

with desired_statuses as (
    select
        dict_status_leads.pipeline_id,
        dict_status_leads.status_id,
        dict_status_leads.pipeline_name,
        dict_status_leads.status_name,
        dict_status_leads.stage,
        dict_status_leads.status_sort,
        dict_status_leads.is_archive
    from dict.dict_status_leads
    union all
    select
        unknown_statuses.pipeline_id,
        unknown_statuses.status_id,
        unknown_statuses.pipeline_name,
        dict.unknown_status_name(unknown_statuses.status_id) as status_name,
        dict.unknown_status_stage(unknown_statuses.status_id) as stage,
        0 as status_sort,
        false as is_archive
    from unknown_statuses
),

written_statuses as (
    insert into dds.dim_status (
        pipeline_id, status_id, pipeline_name, status_name, stage, status_sort,
        is_archive, load_date
    )
    select
        desired_statuses.pipeline_id,
        desired_statuses.status_id,
        desired_statuses.pipeline_name,
        desired_statuses.status_name,
        desired_statuses.stage,
        desired_statuses.status_sort,
        desired_statuses.is_archive,
        current_setting('rental.logical_date')::date as load_date
    from desired_statuses
    on conflict (pipeline_id, status_id) do update
    set
        pipeline_name = excluded.pipeline_name,
        status_name = excluded.status_name,
        stage = excluded.stage,
        status_sort = excluded.status_sort,
        is_archive = excluded.is_archive,
        load_date = excluded.load_date
    where
        row(
            dim_status.pipeline_name, dim_status.status_name, dim_status.stage,
            dim_status.status_sort, dim_status.is_archive
        ) is distinct from row(
            excluded.pipeline_name, excluded.status_name, excluded.stage,
            excluded.status_sort, excluded.is_archive
        )
    -- xmax is 0 in a row that was inserted, not updated.
    returning dim_status.xmax = 0 as is_new
)

insert into merge_counts (inserted, updated)
select
    count(*) filter (where written_statuses.is_new),
    count(*) filter (where not written_statuses.is_new)
from written_statuses;

with positions as (
    select progress.*
    from reading
    cross join
        lateral (
            values
            ('dds.dim_status', reading.leads_to),
            ('dds.dim_status/events', reading.events_to),
            ('dds.dim_status/statuses', reading.statuses_to)
        ) as progress (name, position)
)

update ops.watermark
set
    position = positions.position,
    changed_at = clock_timestamp()
from positions
where
    watermark.name = positions.name
    and watermark.position <> positions.position;

select
    (select count(*) from dict.dict_status_leads) as rows_read,
    merge_counts.inserted + merge_counts.updated as rows_written,
    merge_counts.inserted as statuses_inserted,
    merge_counts.updated as statuses_updated,
    (select count(*) from unknown_statuses) as statuses_unknown
from merge_counts;
