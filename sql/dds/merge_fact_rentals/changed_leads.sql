-- What:  finds the leads whose rental may have changed
-- Grain: changed_leads: one row per lead
-- Reads: progress, reading, changed_members and changed_statuses (of progress.sql),
--        stg.stg_leads and stg.stg_lead_events (which leads changed), ods.ods_cars_hist,
--        ods.ods_clients_hist, dds.fact_rentals, dds.unresolved_link, dds.fact_rentals_pending,
--        dds.fact_lead_status_change, dds.lead_first_status
--
-- That are the leads that changed, those that a changed car or client may mean (by link,
-- plate or licence) and those that are or were in a changed status; none where all_leads.sql
-- takes all of them, and nobody is asked who points at what.
--
-- A lead that did not change itself says what it said when its rental was written. Then its
-- key meant somebody who bears or bore it, now as then or until one of those that changed
-- did: the rental is his. Or it meant nobody, or the link led nowhere: then it is noted.
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

bearing_members as (
    -- Those that changed, and all that ever bore a key that one of these bears or bore.
    select
        changed_members.kind,
        changed_members.id
    from changed_members
    union
    select
        'car' as kind,
        ods_cars_hist.id
    from changed_members
    inner join ods.ods_cars_hist
        on changed_members.key = ods.lookup_key(ods_cars_hist.plate)
    where changed_members.kind = 'car'
    union
    select
        'client' as kind,
        ods_clients_hist.id
    from changed_members
    inner join ods.ods_clients_hist
        on changed_members.key = ods.lookup_key(ods_clients_hist.license)
    where changed_members.kind = 'client'
),

pointing_leads as (
    select fact_rentals.lead_id as id
    from bearing_members
    inner join dds.fact_rentals on bearing_members.id = fact_rentals.car_id
    where bearing_members.kind = 'car'
    union all
    select fact_rentals.lead_id as id
    from bearing_members
    inner join dds.fact_rentals on bearing_members.id = fact_rentals.client_id
    where bearing_members.kind = 'client'
    union all
    select unresolved_link.lead_id as id
    from changed_members
    inner join dds.unresolved_link
        on
            changed_members.key = unresolved_link.key collate "C"
            and changed_members.kind = unresolved_link.kind
    union all
    select unresolved_link.lead_id as id
    from changed_members
    inner join dds.unresolved_link
        on
            changed_members.id::text = unresolved_link.key collate "C"
            and changed_members.kind || ' element' = unresolved_link.kind
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
    union all
    select
        pointing_leads.id,
        false
    from pointing_leads
    union all
    select
        fact_rentals.lead_id,
        false
    from dds.fact_rentals
    inner join changed_statuses
        on
            fact_rentals.pipeline_id = changed_statuses.pipeline_id
            and fact_rentals.status_id = changed_statuses.status_id
    union all
    select
        fact_lead_status_change.lead_id,
        true
    from dds.fact_lead_status_change
    inner join changed_statuses
        on
            fact_lead_status_change.to_pipeline_id = changed_statuses.pipeline_id
            and fact_lead_status_change.to_status_id = changed_statuses.status_id
    union all
    select
        lead_first_status.lead_id,
        true
    from dds.lead_first_status
    inner join changed_statuses
        on
            lead_first_status.pipeline_id = changed_statuses.pipeline_id
            and lead_first_status.status_id = changed_statuses.status_id
)

select
    news.id,
    bool_or(news.may_be_confirmed_anew) as may_be_confirmed_anew
from news
where (select reading.is_as_before from reading)
group by news.id
-- Looked up in their order, neighbours are in pages already read.
order by news.id;

select count(*) filter (where changed_leads.may_be_confirmed_anew) as confirmations_sought
from changed_leads;
