-- What:  finds the leads whose rental may have changed
-- Grain: changed_leads: one row per lead
-- Reads: progress, reading, changed_members and changed_statuses (of progress.sql),
--        stg.stg_leads and stg.stg_lead_events (which leads changed), ods.ods_leads_hist,
--        ods.ods_cars_hist, ods.ods_clients_hist, dds.fact_rentals, dds.unresolved_link,
--        dds.fact_lead_status_change, dds.lead_first_status
--
-- That are the leads that changed, those that a changed car or client may mean (by link,
-- plate or licence) and those that are or were in a changed status; all of them when the
-- rental pipeline or the grace time was set otherwise (or nothing was built yet), where
-- nobody is asked who points at what.
--
-- A lead that did not change itself says what it said when its rental was written. Then its
-- key meant somebody who bears or bore it, now as then or until one of those that changed
-- did: the rental is his. Or it meant nobody, or the link led nowhere: then it is noted.

create temporary table changed_leads on commit drop as
with bearing_members as (
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
    where
        bearing_members.kind = 'car'
        and (select reading.is_as_before from reading)
    union all
    select fact_rentals.lead_id as id
    from bearing_members
    inner join dds.fact_rentals on bearing_members.id = fact_rentals.client_id
    where
        bearing_members.kind = 'client'
        and (select reading.is_as_before from reading)
    union all
    select unresolved_link.lead_id as id
    from changed_members
    inner join dds.unresolved_link
        on
            changed_members.key = unresolved_link.key collate "C"
            and changed_members.kind = unresolved_link.kind
    where (select reading.is_as_before from reading)
    union all
    select unresolved_link.lead_id as id
    from changed_members
    inner join dds.unresolved_link
        on
            changed_members.id::text = unresolved_link.key collate "C"
            and changed_members.kind || ' element' = unresolved_link.kind
    where (select reading.is_as_before from reading)
)

select stg_leads.id
from stg.stg_leads
inner join progress
    on
        progress.name = 'dds.fact_rentals'
        and stg_leads.landed_seq > progress.read_from
        and stg_leads.landed_seq <= progress.read_to
where (select reading.is_as_before from reading)
union
select pointing_leads.id
from pointing_leads
union
select stg_lead_events.lead_id
from stg.stg_lead_events
inner join progress
    on
        progress.name = 'dds.fact_rentals/events'
        and stg_lead_events.landed_seq > progress.read_from
        and stg_lead_events.landed_seq <= progress.read_to
where
    stg_lead_events.type in ('lead_status_changed', 'lead_restored')
    and (select reading.is_as_before from reading)
union
select fact_rentals.lead_id
from dds.fact_rentals
inner join changed_statuses
    on
        fact_rentals.pipeline_id = changed_statuses.pipeline_id
        and fact_rentals.status_id = changed_statuses.status_id
where (select reading.is_as_before from reading)
union
select fact_lead_status_change.lead_id
from dds.fact_lead_status_change
inner join changed_statuses
    on
        fact_lead_status_change.to_pipeline_id = changed_statuses.pipeline_id
        and fact_lead_status_change.to_status_id = changed_statuses.status_id
where (select reading.is_as_before from reading)
union
select lead_first_status.lead_id
from dds.lead_first_status
inner join changed_statuses
    on
        lead_first_status.pipeline_id = changed_statuses.pipeline_id
        and lead_first_status.status_id = changed_statuses.status_id
where (select reading.is_as_before from reading)
-- Looked up in their order, neighbours are in pages already read.
order by 1;

insert into changed_leads (id)
select ods_leads_hist.id
from ods.ods_leads_hist
where
    ods_leads_hist.is_current
    and not (select reading.is_as_before from reading)
union all
select fact_rentals.lead_id
from dds.fact_rentals
where
    not (select reading.is_as_before from reading)
    and not exists (
        select
        from ods.ods_leads_hist
        where
            ods_leads_hist.id = fact_rentals.lead_id
            and ods_leads_hist.is_current
    );

analyze changed_leads;

select count(*) as rows_read
from changed_leads;
