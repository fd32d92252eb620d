-- What:  finds when each changed rental was confirmed first
-- Grain: confirmations: one row per rental that ever was in a booked stage
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

entries as (
    select
        rentals.id as lead_id,
        min(change.change_ts) as confirmed_at
    from rentals
    -- Looked up one by one, here and below: a day's changes are not worth all of them.
    cross join lateral (
        select
            fact_lead_status_change.change_ts,
            fact_lead_status_change.to_pipeline_id,
            fact_lead_status_change.to_status_id
        from dds.fact_lead_status_change
        where fact_lead_status_change.lead_id = rentals.id
        offset 0
    ) as change
    inner join reading on change.to_pipeline_id = reading.pipeline_id
    inner join booked_statuses on change.to_status_id = booked_statuses.status_id
    group by rentals.id
),

first_statuses as (
    select rentals.id as lead_id
    from rentals
    cross join lateral (
        select
            lead_first_status.pipeline_id,
            lead_first_status.status_id
        from dds.lead_first_status
        where lead_first_status.lead_id = rentals.id
        offset 0
    ) as first_status
    inner join reading on first_status.pipeline_id = reading.pipeline_id
    inner join booked_statuses
        on first_status.status_id = booked_statuses.status_id
)

select
    rentals.id as lead_id,
    case
        when first_statuses.lead_id is not null
            then coalesce(rentals.created_at, entries.confirmed_at)
        else entries.confirmed_at
    end as confirmed_at
from rentals
left join entries on rentals.id = entries.lead_id
left join first_statuses on rentals.id = first_statuses.lead_id
where entries.lead_id is not null or first_statuses.lead_id is not null;

analyze confirmations;

select count(*) as rentals_confirmed
from confirmations;
