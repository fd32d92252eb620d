-- What:  gathers what is known of the status of the leads that changed, in the order of time
-- Grain: known_events: an event; still_leads: a lead of a first build that never moved;
--        seen_rows: a row of stg of another one, with its place among those of the lead
-- Reads: stg.stg_leads, stg.stg_lead_events, ops.watermark
--
-- Within one second the order is the one that chains, never that of ids or of landing.

select ops.lock_watermarks(
    'ods.ods_leads_hist', 'ods.ods_leads_hist/events',
    'dds.fact_lead_status_change', 'dds.fact_lead_status_change/events'
);

-- A first build sorts all there is.
select set_config('work_mem', '64MB', true);

create temporary table progress on commit drop as
select
    done.name,
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

create temporary table changed_leads on commit drop as
select stg_leads.id
from stg.stg_leads
inner join progress
    on
        progress.name = 'dds.fact_lead_status_change'
        and stg_leads.landed_seq > progress.read_from
        and stg_leads.landed_seq <= progress.read_to
union
select stg_lead_events.lead_id
from stg.stg_lead_events
inner join progress
    on
        progress.name = 'dds.fact_lead_status_change/events'
        and stg_lead_events.landed_seq > progress.read_from
        and stg_lead_events.landed_seq <= progress.read_to
where stg_lead_events.type in ('lead_status_changed', 'lead_restored')
-- Looked up in their order, neighbours are in pages already read.
order by 1;

analyze changed_leads;

create temporary table known_events on commit drop as
select
    stg_lead_events.lead_id,
    stg_lead_events.type,
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

create index on known_events (lead_id, type, created_at);
analyze known_events;

-- Most leads of a first build never moved: of one that was never seen deleted, never in
-- another status, and of which no event tells a move, there is nothing to walk through.
-- A day brings few leads, most of which moved, and would read their copies twice.
create temporary table still_leads on commit drop as
with seen_leads as (
    select
        stg_leads.id as lead_id,
        min(stg_leads.pipeline_id) as pipeline_id,
        min(stg_leads.status_id) as status_id
    from stg.stg_leads
    inner join changed_leads on stg_leads.id = changed_leads.id
    inner join progress
        on
            progress.name = 'dds.fact_lead_status_change'
            and stg_leads.landed_seq <= progress.read_to
    where (
        select progress.read_from = 0
        from progress
        where progress.name = 'dds.fact_lead_status_change'
    )
    group by stg_leads.id
    having
        not bool_or(
            stg_leads.is_deleted or stg_leads.pipeline_id is null
            or stg_leads.status_id is null
        )
        and min(stg_leads.pipeline_id) = max(stg_leads.pipeline_id)
        and min(stg_leads.status_id) = max(stg_leads.status_id)
)

select seen_leads.*
from seen_leads
where
    not exists (
        select
        from known_events
        where
            known_events.lead_id = seen_leads.lead_id
            and known_events.type = 'lead_status_changed'
    );

create temporary table moving_leads on commit drop as
select changed_leads.id
from changed_leads
left join still_leads on changed_leads.id = still_leads.lead_id
where still_leads.lead_id is null
order by 1;

analyze moving_leads;

-- A row opens by the same rule as its version in the history does.
create temporary table seen_rows on commit drop as
with rows_in_order as (
    select
        stg_leads.id,
        stg_leads.is_deleted,
        stg_leads.pipeline_id,
        stg_leads.status_id,
        stg_leads.created_at,
        stg_leads.updated_at,
        stg_leads.observed_at,
        row_number() over sights as place,
        case
            when not stg_leads.is_deleted and lag(stg_leads.is_deleted) over sights
                then (
                    select max(known_events.created_at)
                    from known_events
                    where
                        known_events.lead_id = stg_leads.id
                        and known_events.type = 'lead_restored'
                        and known_events.created_at <= stg_leads.observed_at
                )
        end as restored_at
    from stg.stg_leads
    inner join moving_leads on stg_leads.id = moving_leads.id
    inner join progress
        on
            progress.name = 'dds.fact_lead_status_change'
            and stg_leads.landed_seq <= progress.read_to
    window sights as (
        partition by stg_leads.id
        order by
            stg_leads.observed_at, stg_leads.updated_at, stg_leads.is_deleted,
            stg_leads.row_hash collate "C"
    )
)

select
    rows_in_order.id as lead_id,
    rows_in_order.is_deleted,
    rows_in_order.pipeline_id,
    rows_in_order.status_id,
    rows_in_order.created_at,
    rows_in_order.observed_at,
    rows_in_order.place,
    ods.opening(
        rows_in_order.observed_at, rows_in_order.updated_at,
        rows_in_order.created_at, rows_in_order.restored_at
    ) over (
        partition by rows_in_order.id
        order by rows_in_order.place
        rows unbounded preceding
    ) as opens_at
from rows_in_order;

analyze seen_rows (lead_id);

select count(*) as rows_read
from changed_leads;
