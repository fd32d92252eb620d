-- What:  finds the leads of which something new is known, and what events tell of them
-- Grain: changed_leads: a lead with new rows or events (is_alone: in a first build, it has one
--        row); reading: one row; known_events: an event of a changed lead; fates: empty
-- Reads: stg.stg_leads, stg.stg_lead_events, ops.watermark,
--        dds.lead_first_status (whether there is any)

select ops.lock_watermarks(
    'ods.ods_leads_hist', 'ods.ods_leads_hist/events',
    'dds.fact_lead_status_change', 'dds.fact_lead_status_change/events'
);

-- A first build sorts all there is. The planner needs to know of a temporary table how many
-- rows it has, for which a few are enough.
select
    set_config('work_mem', '64MB', true) as work_mem,
    set_config('default_statistics_target', '10', true) as statistics_target;

-- Texts of a known length need no table for long ones, which would be made and dropped beside it.
create temporary table progress on commit drop as
select
    done.name::varchar(63) as name,
    done.position as read_from,
    ready.position as read_to
from ops.watermark as done
inner join ops.watermark as ready
    on replace(
        done.name, 'dds.fact_lead_status_change', 'ods.ods_leads_hist'
    ) = ready.name
where
    done.name in (
        'dds.fact_lead_status_change', 'dds.fact_lead_status_change/events'
    );

-- Of a first build there are scans that on every other day read nothing, but for which the
-- planner would start workers.
select set_config('max_parallel_workers_per_gather', '0', true) as workers
from progress
where
    progress.name = 'dds.fact_lead_status_change'
    and progress.read_from > 0;

create temporary table changed_leads on commit drop as
with first_build as (
    select progress.read_from = 0 as is_one
    from progress
    where progress.name = 'dds.fact_lead_status_change'
)

(
    -- Of a first build all, in the order of the key: what is sorted need not be.
    select
        stg_leads.id,
        count(*) = 1 as is_alone
    from stg.stg_leads
    where (select first_build.is_one from first_build)
    group by stg_leads.id
    union all
    select
        stg_lead_events.lead_id as id,
        false as is_alone
    from stg.stg_lead_events
    where
        (select first_build.is_one from first_build)
        and stg_lead_events.type in ('lead_status_changed', 'lead_restored')
        and not exists (
            select
            from stg.stg_leads
            where stg_leads.id = stg_lead_events.lead_id
        )
    group by stg_lead_events.lead_id
)
union all
(
    -- Told apart by their order: a hash table would be made for as many as the planner expects,
    -- which is a share of all leads, before the first of a few is in it.
    select distinct on (news.lead_id)
        news.lead_id as id,
        false as is_alone
    from (
        select stg_leads.id as lead_id
        from stg.stg_leads
        inner join progress
            on
                progress.name = 'dds.fact_lead_status_change'
                and stg_leads.landed_seq > progress.read_from
                and stg_leads.landed_seq <= progress.read_to
        union all
        select stg_lead_events.lead_id
        from stg.stg_lead_events
        inner join progress
            on
                progress.name = 'dds.fact_lead_status_change/events'
                and stg_lead_events.landed_seq > progress.read_from
                and stg_lead_events.landed_seq <= progress.read_to
        where stg_lead_events.type in ('lead_status_changed', 'lead_restored')
    ) as news
    where not (select first_build.is_one from first_build)
    order by news.lead_id
)
-- Looked up in their order, neighbours are in pages already read.
order by 1;

analyze changed_leads;

create temporary table reading on commit drop as
select
    progress.read_from,
    progress.read_to,
    progress.read_from = 0
    and exists (select from changed_leads)
    and not exists (select from dds.lead_first_status) as is_first
from progress
where progress.name = 'dds.fact_lead_status_change';

analyze reading;

-- Of all rows none is looked up alone, however many the planner thinks there are.
select set_config('enable_nestloop', 'off', true) as nestloop
from reading
where reading.is_first;

create temporary table known_events on commit drop as
select
    stg_lead_events.lead_id,
    stg_lead_events.type::varchar(63) as type,
    stg_lead_events.created_at,
    was.pipeline_id as from_pipeline_id,
    was.status_id as from_status_id,
    became.pipeline_id as to_pipeline_id,
    became.status_id as to_status_id
from stg.stg_lead_events
inner join changed_leads on stg_lead_events.lead_id = changed_leads.id
inner join progress
    on
        progress.name = 'dds.fact_lead_status_change/events'
        and stg_lead_events.landed_seq <= progress.read_to
left join lateral stg.status_of_side(stg_lead_events.before) as was on true
left join lateral stg.status_of_side(stg_lead_events.after) as became on true
where stg_lead_events.type in ('lead_status_changed', 'lead_restored');

analyze known_events;

-- For fates.sql, which is passed over on most days.
create temporary table fates (
    lead_id bigint not null,
    change_ts timestamptz not null,
    from_pipeline_id bigint not null,
    from_status_id bigint not null,
    to_pipeline_id bigint not null,
    to_status_id bigint not null,
    was_stored boolean not null,
    is_true boolean not null
) on commit drop;

select count(*) as rows_read
from changed_leads;
