-- What:  error: rentals in a status that the dictionary does not know
-- Grain: one row per lead
-- Reads: dds.fact_rentals, dict.dict_status_leads, changed_leads
-- After: merge_fact_rentals: dds.fact_rentals
--
-- Why: without its status a rental has no stage, so it counts neither as a booking nor
-- as cancelled. The dictionary is read after the leads and keeps what the CRM no longer
-- lists: a status that it lacks means that one of the two was read wrongly.

select
    fact_rentals.lead_id as id,
    'status ' || coalesce(fact_rentals.status_id::text, 'null') || ' of pipeline '
    || fact_rentals.pipeline_id as detail
from dds.fact_rentals
inner join changed_leads on fact_rentals.lead_id = changed_leads.id
where
    not exists (
        select
        from dict.dict_status_leads
        where
            dict_status_leads.pipeline_id = fact_rentals.pipeline_id
            and dict_status_leads.status_id = fact_rentals.status_id
    );
