-- What:  finds the leads whose rental may have changed as a status did
-- Grain: changed_leads (of changed_leads.sql): one row per lead
-- Reads: changed_statuses and reading (of progress.sql), dds.fact_rentals,
--        dds.fact_lead_status_change, dds.lead_first_status
-- If:    statuses_changed (of progress.sql)
--
-- That are those that are in a changed status, or ever were: what they are called now, and when
-- they were confirmed, is found anew of all of them.

with leads_of_statuses as materialized (
    select fact_rentals.lead_id as id
    from dds.fact_rentals
    inner join changed_statuses
        on
            fact_rentals.pipeline_id = changed_statuses.pipeline_id
            and fact_rentals.status_id = changed_statuses.status_id
    union
    select fact_lead_status_change.lead_id as id
    from dds.fact_lead_status_change
    inner join changed_statuses
        on
            fact_lead_status_change.to_pipeline_id = changed_statuses.pipeline_id
            and fact_lead_status_change.to_status_id = changed_statuses.status_id
    union
    select lead_first_status.lead_id as id
    from dds.lead_first_status
    inner join changed_statuses
        on
            lead_first_status.pipeline_id = changed_statuses.pipeline_id
            and lead_first_status.status_id = changed_statuses.status_id
),

confirmed_anew as (
    update changed_leads
    set may_be_confirmed_anew = true
    from leads_of_statuses
    where changed_leads.id = leads_of_statuses.id
),

added as (
    insert into changed_leads (id, may_be_confirmed_anew)
    select
        leads_of_statuses.id,
        true as may_be_confirmed_anew
    from leads_of_statuses
    where
        (select reading.is_as_before from reading)
        and not exists (
            select
            from changed_leads
            where changed_leads.id = leads_of_statuses.id
        )
    -- Looked up in their order, neighbours are in pages already read.
    order by leads_of_statuses.id
    returning changed_leads.id
)

select count(*) as leads_of_changed_statuses
from added;
