-- What:  finds the changes of status, how certain their time is, and how long the visits were
-- Grain: desired_changes: a change of status of a changed lead that does not simply go on
-- Reads: steps (of visits.sql), seen_rows (of sights.sql)
-- If:    leads_derived (of next_sights.sql)
--
-- An event is a change at its very second. One that begins from another status than the
-- one known leaves a gap before it; a sight of another status is a change that history
-- alone tells.

create temporary table desired_changes (
    like dds.fact_lead_status_change
) on commit drop;

insert into desired_changes (
    lead_id, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id,
    source, dwell_seconds, earliest_ts, change_ts, latest_ts, load_date
)
with creations as (
    select distinct on (seen_rows.lead_id)
        seen_rows.lead_id,
        -- A lead that does not say when it was created was there when it was first seen.
        coalesce(seen_rows.created_at, seen_rows.observed_at) as created_at
    from seen_rows
    where not seen_rows.is_plain and not seen_rows.is_deleted
    order by seen_rows.lead_id, seen_rows.place
),

spans as (
    -- A change after a restore ends the visit that began there, another one the visit
    -- that the deletion had ended.
    select
        steps.*,
        case
            when steps.deleted_at is null or steps.opens_at > steps.restored_at
                then steps.opens_at
            else steps.deleted_at
        end as left_at,
        case
            when steps.opens_at > steps.restored_at then steps.restored_at
            else coalesce(steps.entered_before_at, creations.created_at)
        end as entered_known_at
    from steps
    inner join creations on steps.lead_id = creations.lead_id
),

dwells as (
    select
        spans.*,
        greatest(0, extract(epoch from spans.left_at - spans.entered_known_at))::bigint
            as dwell_seconds
    from spans
),

plain_changes as (
    -- Every row but the first shows another status, and ends the visit that the one before
    -- it began.
    select
        seen_rows.*,
        coalesce(
            lag(seen_rows.opens_at) over (
                partition by seen_rows.lead_id
                order by seen_rows.place
            ),
            seen_rows.first_created_at
        ) as entered_at
    from seen_rows
    where seen_rows.is_plain and seen_rows.place > 1
),

changes as (
    select
        dwells.lead_id,
        dwells.place,
        case when dwells.kind = 'event' then 'gap' else 'history' end as source,
        dwells.known_pipeline_id as from_pipeline_id,
        dwells.known_status_id as from_status_id,
        coalesce(dwells.from_pipeline_id, dwells.to_pipeline_id) as to_pipeline_id,
        coalesce(dwells.from_status_id, dwells.to_status_id) as to_status_id,
        dwells.dwell_seconds,
        least(dwells.known_before_at, dwells.opens_at) as earliest_ts,
        dwells.opens_at as change_ts,
        dwells.known_at as latest_ts
    from dwells
    where dwells.is_break
    union all
    select
        dwells.lead_id,
        dwells.place,
        'event' as source,
        dwells.from_pipeline_id,
        dwells.from_status_id,
        dwells.to_pipeline_id,
        dwells.to_status_id,
        case when dwells.is_break then 0 else dwells.dwell_seconds end
            as dwell_seconds,
        dwells.opens_at as earliest_ts,
        dwells.opens_at as change_ts,
        dwells.opens_at as latest_ts
    from dwells
    where dwells.kind = 'event'
    union all
    select
        plain_changes.lead_id,
        plain_changes.place,
        'history' as source,
        plain_changes.known_pipeline_id as from_pipeline_id,
        plain_changes.known_status_id as from_status_id,
        plain_changes.pipeline_id as to_pipeline_id,
        plain_changes.status_id as to_status_id,
        greatest(
            0, extract(epoch from plain_changes.opens_at - plain_changes.entered_at)
        )::bigint as dwell_seconds,
        least(plain_changes.known_before_at, plain_changes.opens_at) as earliest_ts,
        plain_changes.opens_at as change_ts,
        plain_changes.observed_at as latest_ts
    from plain_changes
)

-- Of two with one key the first stands.
select distinct on (
    changes.lead_id, changes.change_ts, changes.from_pipeline_id,
    changes.from_status_id, changes.to_pipeline_id, changes.to_status_id
)
    changes.lead_id,
    changes.from_pipeline_id,
    changes.from_status_id,
    changes.to_pipeline_id,
    changes.to_status_id,
    changes.source,
    changes.dwell_seconds,
    changes.earliest_ts,
    changes.change_ts,
    changes.latest_ts,
    current_setting('rental.logical_date')::date as load_date
from changes
order by
    changes.lead_id, changes.change_ts, changes.from_pipeline_id,
    changes.from_status_id, changes.to_pipeline_id, changes.to_status_id,
    changes.place, changes.source desc;

analyze desired_changes (lead_id, change_ts);

select count(*) filter (where desired_changes.source = 'gap') as chain_breaks
from desired_changes;
