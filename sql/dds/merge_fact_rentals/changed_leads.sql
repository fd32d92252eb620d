-- What:  finds the leads whose rental may have changed
-- Grain: changed_leads: one row per lead
-- Reads: progress and reading (of progress.sql), stg.stg_leads and stg.stg_lead_events (which
--        leads changed), dds.fact_rentals_pending
--
-- That are the leads that changed themselves; leads_of_members.sql and leads_of_statuses.sql add
-- those that others change, all_leads.sql takes all of them where it must.
--
-- may_be_confirmed_anew says whose first confirmation is found anew: unless the lead simply went on
-- in all merges of changes of status since the rental was written (those that did not are pending),
-- and was in none of the changed statuses. What is new of the others is later than all that was
-- known: a confirmation that is stored stays the first, and a lead of which none is stored was not
-- booked from the first.

create temporary table changed_leads on commit drop as
with pending as (
    delete from dds.fact_rentals_pending
    returning fact_rentals_pending.lead_ids
),

news (id, may_be_confirmed_anew) as (
    select
        stg_leads.id,
        false
    from stg.stg_leads
    inner join progress
        on
            progress.name = 'dds.fact_rentals'
            and stg_leads.landed_seq > progress.read_from
            and stg_leads.landed_seq <= progress.read_to
    union all
    select
        stg_lead_events.lead_id,
        false
    from stg.stg_lead_events
    inner join progress
        on
            progress.name = 'dds.fact_rentals/events'
            and stg_lead_events.landed_seq > progress.read_from
            and stg_lead_events.landed_seq <= progress.read_to
    where stg_lead_events.type in ('lead_status_changed', 'lead_restored')
    union all
    select
        unnest(pending.lead_ids),
        true
    from pending
)

select
    news.id,
    bool_or(news.may_be_confirmed_anew) as may_be_confirmed_anew
from news
where (select reading.is_as_before from reading)
group by news.id
-- Looked up in their order, neighbours are in pages already read.
order by news.id;

select count(*) as leads_changed
from changed_leads;
