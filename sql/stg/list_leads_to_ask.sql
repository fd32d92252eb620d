-- What:  leads that have to be asked for by id, since new events mention them
-- Grain: one row per lead
-- Reads: stg.stg_lead_events, stg.stg_leads, $1 events as the text of a JSON array (id,
--        lead_id, type, created_at), $2 a time before which leads without any row are left
--        to the first read of all leads; null: none are
--
-- Clocks of the CRM have whole seconds: what happened in the second of the newest row may
-- have come after it.

with read_events as (
    select events.*
    from jsonb_to_recordset($1::text::jsonb)
        as events (id text, lead_id bigint, type text, created_at timestamptz)
),

mentioned_leads as (
    select
        read_events.lead_id,
        max(read_events.created_at) as last_event_at,
        bool_or(read_events.type = 'lead_restored') as is_restored
    from read_events
    left join stg.stg_lead_events on read_events.id = stg_lead_events.id
    where stg_lead_events.id is null
    group by read_events.lead_id
)

select mentioned_leads.lead_id::text as id
from mentioned_leads
left join lateral (
    select max(stg_leads.observed_at) as observed_at
    from stg.stg_leads
    where stg_leads.id = mentioned_leads.lead_id
) as newest_row on true
where
    mentioned_leads.is_restored
    or newest_row.observed_at <= mentioned_leads.last_event_at
    or (
        newest_row.observed_at is null
        and ($2::timestamptz is null or mentioned_leads.last_event_at >= $2::timestamptz)
    );
