-- What:  the changes of dates of the leads that changed, after they were booked
-- Grain: desired_changes: two neighbouring booked versions of a lead whose dates differ
-- Reads: changed_leads and booked_statuses (of reading.sql), ods.ods_leads_hist, dds.fact_rentals

create temporary table desired_changes on commit drop as
with versions as (
    select
        ods_leads_hist.id as lead_id,
        ods_leads_hist.valid_from,
        ods_leads_hist.rental_start,
        ods_leads_hist.rental_end,
        booked_statuses.status_id is not null as is_booked,
        lag(booked_statuses.status_id is not null) over history as was_booked,
        lag(ods_leads_hist.rental_start) over history as start_before,
        lag(ods_leads_hist.rental_end) over history as end_before
    from changed_leads
    inner join dds.fact_rentals on changed_leads.id = fact_rentals.lead_id
    inner join ods.ods_leads_hist on changed_leads.id = ods_leads_hist.id
    left join booked_statuses
        on
            ods_leads_hist.pipeline_id = booked_statuses.pipeline_id
            and ods_leads_hist.status_id = booked_statuses.status_id
    window history as (
        partition by ods_leads_hist.id
        order by ods_leads_hist.valid_from
    )
)

select
    versions.lead_id,
    case
        when versions.rental_start <> versions.start_before then 'moved'
        when versions.rental_end > versions.end_before then 'extended'
        else 'shortened'
    end as kind,
    dm.wall_clock_days(
        versions.start_before, versions.rental_start,
        current_setting('rental.business_tz')
    ) as start_delta_days,
    dm.wall_clock_days(
        versions.end_before, versions.rental_end,
        current_setting('rental.business_tz')
    ) as end_delta_days,
    dds.rental_days(
        versions.rental_start, versions.rental_end,
        current_setting('rental.business_tz'),
        current_setting('rental.grace_minutes')::integer
    ) - dds.rental_days(
        versions.start_before, versions.end_before,
        current_setting('rental.business_tz'),
        current_setting('rental.grace_minutes')::integer
    ) as days_delta,
    versions.valid_from as changed_at
from versions
where
    versions.is_booked
    and versions.was_booked
    -- A date that was null on one side was filled in or cleared.
    and (
        versions.rental_start <> versions.start_before
        or versions.rental_end <> versions.end_before
    );

select count(*) as changes_found
from desired_changes;
