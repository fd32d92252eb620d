-- What:  finds the leads that simply go on, and the change of status that the new row of one shows
-- Grain: next_sights: a lead of which one row landed that is later than all others and says of
--        itself that it changed after the one before was seen, and of which no row tells a
--        deletion or no status, and no event anything
-- Reads: stg.stg_leads, dds.fact_lead_status_change, changed_leads, known_events and progress
--        (of evidence.sql)
--
-- What follows from all rows of such a lead is stored but for the end: no row opens after it was
-- seen, so the new one opens after all others, and can change none of what follows from them.
-- Most rows of a day are such ones. The other leads are derived anew, whole.

create temporary table next_sights on commit drop as
with reading as (
    select
        progress.read_from,
        progress.read_to
    from progress
    where progress.name = 'dds.fact_lead_status_change'
),

sights as (
    select
        stg_leads.id as lead_id,
        stg_leads.landed_seq > (select reading.read_from from reading) as is_new,
        stg_leads.is_deleted or stg_leads.pipeline_id is null
        or stg_leads.status_id is null as is_walked,
        stg_leads.pipeline_id,
        stg_leads.status_id,
        stg_leads.updated_at,
        stg_leads.observed_at,
        lag(stg_leads.pipeline_id) over in_order as known_pipeline_id,
        lag(stg_leads.status_id) over in_order as known_status_id,
        lag(stg_leads.observed_at) over in_order as known_before_at,
        first_value(stg_leads.created_at) over in_order as first_created_at
    from changed_leads
    inner join stg.stg_leads on changed_leads.id = stg_leads.id
    where
        -- A first build knows nothing of any.
        (select reading.read_from > 0 from reading)
        -- By a difference, so that rows are found by their leads: nearly all have landed before.
        and stg_leads.landed_seq - (select reading.read_to from reading) <= 0
        and not exists (
            select
            from known_events
            where known_events.lead_id = changed_leads.id
        )
    window in_order as (
        partition by stg_leads.id
        order by
            stg_leads.observed_at, stg_leads.updated_at, stg_leads.is_deleted,
            stg_leads.row_hash collate "C"
    )
),

lives as (
    select
        sights.lead_id,
        max(sights.known_pipeline_id) filter (where sights.is_new) as from_pipeline_id,
        max(sights.known_status_id) filter (where sights.is_new) as from_status_id,
        max(sights.pipeline_id) filter (where sights.is_new) as to_pipeline_id,
        max(sights.status_id) filter (where sights.is_new) as to_status_id,
        max(sights.known_before_at) filter (where sights.is_new) as known_before_at,
        max(sights.observed_at) filter (where sights.is_new) as observed_at,
        max(sights.updated_at) filter (where sights.is_new) as updated_at,
        max(sights.first_created_at) as first_created_at,
        bool_or(
            (sights.known_pipeline_id, sights.known_status_id)
            <> (sights.pipeline_id, sights.status_id)
        ) filter (where not sights.is_new) is true as had_changed
    from sights
    group by sights.lead_id
    having
        count(*) filter (where sights.is_new) = 1
        and not bool_or(sights.is_walked)
        -- So it is the last in their order, and its opening too.
        and least(
            max(sights.observed_at) filter (where sights.is_new),
            max(sights.updated_at) filter (where sights.is_new)
        ) > max(sights.observed_at) filter (where not sights.is_new)
)

select
    lives.lead_id,
    lives.from_pipeline_id,
    lives.from_status_id,
    lives.to_pipeline_id,
    lives.to_status_id,
    lives.known_before_at,
    lives.observed_at,
    least(lives.observed_at, lives.updated_at) as opens_at,
    changes.is_change,
    -- The visit that ends began with the last change, else with the lead.
    case
        when changes.is_change and lives.had_changed
            then (
                select max(fact_lead_status_change.change_ts)
                from dds.fact_lead_status_change
                where fact_lead_status_change.lead_id = lives.lead_id
            )
        when changes.is_change
            then coalesce(lives.first_created_at, lives.known_before_at)
    end as entered_at
from lives
cross join lateral (
    select
        (lives.from_pipeline_id, lives.from_status_id)
        <> (lives.to_pipeline_id, lives.to_status_id) as is_change
) as changes;

analyze next_sights (lead_id, is_change);

select count(*) as leads_going_on
from next_sights;
