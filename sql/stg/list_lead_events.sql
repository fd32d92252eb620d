-- What:  the events of one lead, oldest first
-- Grain: one row per event
-- Reads: stg.stg_lead_events, $1 the id, $2 the moment up to which they happened (or null)

select
    stg_lead_events.type,
    stg_lead_events.created_at,
    stg_lead_events.before,
    stg_lead_events.after,
    stg_lead_events.survivor_id
from stg.stg_lead_events
where
    stg_lead_events.lead_id = $1::bigint
    and (
        $2::text::timestamptz is null
        or stg_lead_events.created_at <= $2::text::timestamptz
    )
order by stg_lead_events.created_at, stg_lead_events.id;
