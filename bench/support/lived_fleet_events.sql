-- What:  lands the events of the last year's changes of status
-- Grain: stg.stg_lead_events: one row per change of status
-- Reads: stg.stg_leads; $1 run id
with states as (
    select
        stg_leads.id,
        stg_leads.status_id,
        stg_leads.updated_at,
        lag(stg_leads.status_id) over (
            partition by stg_leads.id
            order by stg_leads.updated_at
        ) as status_before
    from stg.stg_leads
    where stg_leads.created_at > now() - interval '1 year'
)

insert into stg.stg_lead_events (
    id, lead_id, type, created_at, before, after, run_id, load_date
)
select
    states.id || ' ' || states.updated_at,
    states.id,
    'lead_status_changed',
    states.updated_at,
    jsonb_build_array(
        jsonb_build_object(
            'lead_status', jsonb_build_object('id', states.status_before, 'pipeline_id', 10)
        )
    ),
    jsonb_build_array(
        jsonb_build_object(
            'lead_status', jsonb_build_object('id', states.status_id, 'pipeline_id', 10)
        )
    ),
    $1::uuid,
    '2026-05-01'
from states
where states.status_before is distinct from states.status_id and states.status_before is not null
