-- What:  warn: changes of status that the CRM's events tell and the facts do not have
-- Grain: one row per event
-- Reads: stg.stg_lead_events, dds.fact_lead_status_change, dds.lead_first_status,
--        ops.watermark, changed_leads
-- Scope: changed_leads
-- After: merge_fact_lead_status_change: dds.fact_lead_status_change
--
-- Why: the funnel counts entries into stages; a stage that a lead passed through
-- between two loads is in the events alone. The other way round is no fault: amoCRM is
-- known to leave events out.

select
    stg_lead_events.lead_id as id,
    'to status ' || became.status_id || ' at ' || stg_lead_events.created_at
        as detail
from stg.stg_lead_events
inner join changed_leads on stg_lead_events.lead_id = changed_leads.id
-- Events of leads that have not landed say nothing.
inner join dds.lead_first_status
    on stg_lead_events.lead_id = lead_first_status.lead_id
cross join lateral stg.status_of_side(stg_lead_events.before) as was
cross join lateral stg.status_of_side(stg_lead_events.after) as became
where
    stg_lead_events.type = 'lead_status_changed'
    and (was.pipeline_id, was.status_id)
    <> (became.pipeline_id, became.status_id)
    -- By hand this may run between the load of the events and the merge.
    and stg_lead_events.landed_seq <= (
        select watermark.position
        from ops.watermark
        where watermark.name = 'dds.fact_lead_status_change/events'
    )
    and not exists (
        select
        from dds.fact_lead_status_change
        where
            fact_lead_status_change.lead_id = stg_lead_events.lead_id
            and fact_lead_status_change.change_ts = stg_lead_events.created_at
            and fact_lead_status_change.from_pipeline_id = was.pipeline_id
            and fact_lead_status_change.from_status_id = was.status_id
            and fact_lead_status_change.to_pipeline_id = became.pipeline_id
            and fact_lead_status_change.to_status_id = became.status_id
    );
