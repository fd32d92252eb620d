-- What:  finds the leads whose rental may have changed
-- Grain: changed_leads: one row per lead
-- Reads: progress, reading, changed_members and changed_statuses (of progress.sql),
--        stg.stg_leads and stg.stg_lead_events (which leads changed), ods.ods_leads_hist,
--        dds.fact_rentals, dds.fact_lead_status_change, dds.lead_first_status
--
-- That are the leads that changed, those that point at a changed car or client (by
-- link, plate or licence) and those that are or were in a changed status; all of them
-- when the rental pipeline or the grace time was set otherwise (or nothing was built yet),
-- where nobody is asked who points at what.

create temporary table changed_leads on commit drop as
with pointing_leads as (
    select ods_leads_hist.id
    from changed_members
    inner join ods.ods_leads_hist on changed_members.id = ods_leads_hist.car_element_id
    where
        changed_members.kind = 'car'
        and ods_leads_hist.is_current
        and (select reading.is_as_before from reading)
    union all
    select ods_leads_hist.id
    from changed_members
    inner join ods.ods_leads_hist
        on changed_members.id = ods_leads_hist.client_element_id
    where
        changed_members.kind = 'client'
        and ods_leads_hist.is_current
        and (select reading.is_as_before from reading)
    union all
    select ods_leads_hist.id
    from changed_members
    inner join ods.ods_leads_hist
        on changed_members.key = ods.lookup_key(ods_leads_hist.plate) collate "C"
    where
        changed_members.kind = 'car'
        and ods_leads_hist.is_current
        and (select reading.is_as_before from reading)
    union all
    select ods_leads_hist.id
    from changed_members
    inner join ods.ods_leads_hist
        on changed_members.key = ods.lookup_key(ods_leads_hist.license) collate "C"
    where
        changed_members.kind = 'client'
        and ods_leads_hist.is_current
        and (select reading.is_as_before from reading)
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
