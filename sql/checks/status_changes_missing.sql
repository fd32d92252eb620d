-- What:  warn: changes of status that the CRM's events tell and the facts do not have
-- Grain: one row per event
-- Reads: stg.stg_lead_events, dds.fact_lead_status_change, stg.stg_leads, ops.watermark,
--        changed_leads
-- After: merge_fact_lead_status_change: dds.fact_lead_status_change
--
-- Why: the funnel counts entries into stages; a stage that a lead passed through
-- between two loads is in the events alone. A change is the event's when it leads to
-- the same status and lies between the event and the next one. The other way round is
-- no disagreement: amoCRM is known to leave events out.

with told_changes as (
    select
        stg_lead_events.lead_id,
        stg_lead_events.created_at,
        (stg_lead_events.after -> 0 -> 'lead_status' ->> 'pipeline_id')::bigint
            as to_pipeline_id,
        (stg_lead_events.after -> 0 -> 'lead_status' ->> 'id')::bigint
            as to_status_id,
        lead(stg_lead_events.created_at) over (
            partition by stg_lead_events.lead_id
            order by stg_lead_events.created_at, stg_lead_events.landed_seq
        ) as next_told_at
    from stg.stg_lead_events
    inner join changed_leads on stg_lead_events.lead_id = changed_leads.id
    where stg_lead_events.type = 'lead_status_changed'
)

select
    told_changes.lead_id as id,
    'to status ' || told_changes.to_status_id || ' at ' || told_changes.created_at
        as detail
from told_changes
where
    not exists (
        select
        from dds.fact_lead_status_change
        where
            fact_lead_status_change.lead_id = told_changes.lead_id
            and fact_lead_status_change.to_pipeline_id = told_changes.to_pipeline_id
            and fact_lead_status_change.to_status_id = told_changes.to_status_id
            and fact_lead_status_change.change_ts >= told_changes.created_at
            and fact_lead_status_change.change_ts
            <= coalesce(told_changes.next_told_at, 'infinity')
    )
    -- An event after the latest copy is not yet to be seen in the history.
    and told_changes.created_at <= (
        select max(stg_leads.observed_at)
        from stg.stg_leads
        where
            stg_leads.id = told_changes.lead_id
            and stg_leads.landed_seq <= (
                select watermark.position
                from ops.watermark
                where watermark.name = 'dds.fact_lead_status_change'
            )
    );
