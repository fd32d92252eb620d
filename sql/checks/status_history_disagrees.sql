-- What:  warn: leads whose status the CRM's events and what was seen of them tell differently
-- Grain: one row per change of status that no event tells, beside events of the lead
-- Reads: dds.fact_lead_status_change, changed_leads
-- Scope: changed_leads
-- After: merge_fact_lead_status_change: dds.fact_lead_status_change
--
-- Why: an event that begins in another status than the one known (a gap), or a sight of
-- another status than the last event led to, shows that an event is missing: the change
-- is there, but its time lies between bounds. Leads without any event are no
-- disagreement: imports make none.

with changes as (
    select
        fact_lead_status_change.*,
        bool_or(fact_lead_status_change.source = 'event') over (
            partition by fact_lead_status_change.lead_id
            order by fact_lead_status_change.latest_ts
            groups between unbounded preceding and 1 preceding
        ) as has_event_before
    from dds.fact_lead_status_change
    inner join changed_leads on fact_lead_status_change.lead_id = changed_leads.id
)

select
    changes.lead_id as id,
    'from status ' || changes.from_status_id || ' to ' || changes.to_status_id
    || ' between ' || changes.earliest_ts || ' and ' || changes.latest_ts
        as detail
from changes
where
    changes.source = 'gap'
    or (changes.source = 'history' and changes.has_event_before);
