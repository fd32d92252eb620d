-- What:  finds the statuses that leads had and the dictionary lacks
-- Grain: unknown_statuses: one row per such (pipeline, status); progress: one row per source
-- Reads: stg.stg_leads and stg.stg_lead_events (which statuses leads had since the last
--        merge), dds.dim_status (those of before), dict.dict_status_leads, ops.watermark

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

-- What a day landed is found by an index, also where nobody has counted the tables yet and the
-- planner would start workers for it.
select set_config('max_parallel_workers_per_gather', '0', true) as workers
from progress
where progress.name = 'dds.dim_status' and progress.read_from > 0;

create temporary table unknown_statuses on commit drop as
with seen_statuses as (
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
        told.pipeline_id,
        told.status_id
    from stg.stg_lead_events
    inner join progress
        on
            progress.name = 'dds.dim_status/events'
            and stg_lead_events.landed_seq > progress.read_from
            and stg_lead_events.landed_seq <= progress.read_to
    cross join lateral (
        values (stg_lead_events.before), (stg_lead_events.after)
    ) as side (value)
    cross join lateral stg.status_of_side(side.value) as told
    where stg_lead_events.type = 'lead_status_changed'
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

select count(*) as statuses_unknown
from unknown_statuses;
