-- What:  finds when each changed rental was confirmed first, unless that is known
-- Grain: confirmations: one row per lead that ever was in a booked stage
-- Reads: rentals (of rentals.sql), reading (of progress.sql), dds.fact_lead_status_change,
--        dds.lead_first_status, dict.dict_status_leads
--
-- A lead that was booked from the first was confirmed when it was created.

create temporary table confirmations on commit drop as
with booked_statuses as (
    select dict_status_leads.status_id
    from dict.dict_status_leads
    inner join reading on dict_status_leads.pipeline_id = reading.pipeline_id
    where
        dict_status_leads.stage in ('confirmed', 'on_rent', 'returned', 'closed')
    union
    -- Won leads are booked, also where the dictionary lacks their status.
    select won.status_id
    from (values (142::bigint)) as won (status_id)
    cross join reading
    where
        not exists (
            select
            from dict.dict_status_leads
            where
                dict_status_leads.pipeline_id = reading.pipeline_id
                and dict_status_leads.status_id = won.status_id
        )
),

-- Looked up one by one: a day's changes are not worth all of them; all of them are.
changes as (
    select
        change.lead_id,
        change.change_ts,
        change.to_pipeline_id,
        change.to_status_id
    from rentals
    cross join lateral (
        select fact_lead_status_change.*
        from dds.fact_lead_status_change
        where fact_lead_status_change.lead_id = rentals.lead_id
        offset 0
    ) as change
    where
        rentals.known_confirmed_at is null
        and (select reading.is_as_before from reading)
    union all
    select
        fact_lead_status_change.lead_id,
        fact_lead_status_change.change_ts,
        fact_lead_status_change.to_pipeline_id,
        fact_lead_status_change.to_status_id
    from dds.fact_lead_status_change
    where not (select reading.is_as_before from reading)
),

first_statuses as (
    select
        first_status.lead_id,
        first_status.pipeline_id,
        first_status.status_id
    from rentals
    cross join lateral (
        select lead_first_status.*
        from dds.lead_first_status
        where lead_first_status.lead_id = rentals.lead_id
        offset 0
    ) as first_status
    where
        not rentals.is_confirmed_as_before
        and (select reading.is_as_before from reading)
    union all
    select
        lead_first_status.lead_id,
        lead_first_status.pipeline_id,
        lead_first_status.status_id
    from dds.lead_first_status
    where not (select reading.is_as_before from reading)
),

evidence as (
    select
        changes.lead_id,
        changes.change_ts,
        false as is_first
    from changes
    where
        changes.to_pipeline_id = (select reading.pipeline_id from reading)
        and changes.to_status_id = any(array(select booked_statuses.status_id from booked_statuses))
    union all
    select
        first_statuses.lead_id,
        null as change_ts,
        true as is_first
    from first_statuses
    where
        first_statuses.pipeline_id = (select reading.pipeline_id from reading)
        and first_statuses.status_id = any(
            array(select booked_statuses.status_id from booked_statuses)
        )
)

select
    evidence.lead_id,
    min(evidence.change_ts) as first_entry_at,
    bool_or(evidence.is_first) as is_booked_from_first
from evidence
group by evidence.lead_id;

analyze confirmations (lead_id);

select count(*) as leads_once_confirmed
from confirmations;
