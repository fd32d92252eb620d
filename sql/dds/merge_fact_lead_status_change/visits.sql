-- What:  follows each lead along its walk: the status known, and when its visit began
-- Grain: steps: one row per event or sight of a changed lead
-- Reads: walk (of walk.sql), known_events (of evidence.sql)
-- If:    leads_derived (of next_sights.sql)
--
-- A visit lasts whatever is edited; a deletion ends it, and a return begins one.

create temporary table steps on commit drop as
with markers as (
    -- The first of several markers ends the visit.
    select
        walk.*,
        walk.kind = 'marker'
        and lag(walk.kind) over (
            partition by walk.lead_id
            order by walk.place
        ) is distinct from 'marker' as is_end
    from walk
),

walked as (
    select
        markers.*,
        max(markers.place) filter (where markers.is_end) over (
            partition by markers.lead_id
            order by markers.place
        ) as marker_place
    from markers
),

known as (
    select
        walked.*,
        lag(walked.place) over history as place_before,
        lag(walked.known_at) over history as known_before_at,
        lag(walked.to_pipeline_id) over history as known_pipeline_id,
        lag(walked.to_status_id) over history as known_status_id
    from walked
    where walked.kind <> 'marker'
    window history as (partition by walked.lead_id order by walked.place)
),

returns as (
    -- Between this item and the one before it the lead was deleted.
    select
        known.*,
        marker.opens_at as deleted_at,
        case
            when marker.opens_at is not null
                then (
                    select max(known_events.created_at)
                    from known_events
                    where
                        known_events.lead_id = known.lead_id
                        and known_events.type = 'lead_restored'
                        and known_events.created_at >= marker.opens_at
                        and known_events.created_at <= known.known_at
                )
        end as restored_at
    from known
    left join walk as marker
        on
            known.lead_id = marker.lead_id
            and known.marker_place = marker.place
            and known.marker_place > coalesce(known.place_before, 0)
),

entries as (
    select
        returns.*,
        returns.place_before is null as is_first,
        -- An event is a change by itself; before it there may be a gap.
        (returns.known_pipeline_id, returns.known_status_id) <> (
            coalesce(returns.from_pipeline_id, returns.to_pipeline_id),
            coalesce(returns.from_status_id, returns.to_status_id)
        ) as is_break,
        case
            when returns.kind = 'event' then returns.opens_at
            when (returns.known_pipeline_id, returns.known_status_id)
                <> (returns.to_pipeline_id, returns.to_status_id)
                then greatest(returns.opens_at, returns.restored_at)
            when returns.deleted_at is not null
                then coalesce(returns.restored_at, returns.opens_at)
        end as enters_at
    from returns
),

visits as (
    select
        entries.*,
        count(entries.enters_at) over (
            partition by entries.lead_id
            order by entries.place
        ) as visit
    from entries
),

entered as (
    select
        visits.*,
        first_value(visits.enters_at) over (
            partition by visits.lead_id, visits.visit
            order by visits.place
        ) as entered_at
    from visits
)

select
    entered.*,
    lag(entered.entered_at) over (
        partition by entered.lead_id
        order by entered.place
    ) as entered_before_at
from entered;

analyze steps (lead_id);

select count(*) filter (where steps.deleted_at is not null) as returns_seen
from steps;
