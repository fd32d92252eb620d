-- What:  the changes of dates of the leads that changed, after they were booked
-- Grain: desired_changes: two neighbouring booked versions of a lead whose dates differ
-- Reads: dds.changed_lead, dm.rental_changes, dm.rental_changes_ahead (what a new day brings),
--        ods.ods_leads_hist, dds.fact_rentals, dict.dict_status_leads, ops.watermark
--
-- All leads when the settings or the booked statuses are others, or none was built.

select ops.lock_watermarks('dds.changed_lead', 'dm.rental_changes/leads');

create temporary table booked_statuses on commit drop as
with pipeline as (
    select
        case
            when exists (select from dict.dict_status_leads)
                then dict.rental_pipeline_id(current_setting('rental.pipeline'))
        end as pipeline_id
)

select
    dict_status_leads.pipeline_id,
    dict_status_leads.status_id
from dict.dict_status_leads
inner join pipeline on dict_status_leads.pipeline_id = pipeline.pipeline_id
where dict_status_leads.stage in ('confirmed', 'on_rent', 'returned', 'closed')
union
-- Won leads are booked, also where the dictionary lacks their status.
select
    pipeline.pipeline_id,
    142 as status_id
from pipeline
where
    pipeline.pipeline_id is not null
    and not exists (
        select
        from dict.dict_status_leads
        where
            dict_status_leads.pipeline_id = pipeline.pipeline_id
            and dict_status_leads.status_id = 142
    );

analyze booked_statuses;

create temporary table reading on commit drop as
with settings as (
    select
        format(
            '%s, grace %s min, booked %s', current_setting('rental.business_tz'),
            current_setting('rental.grace_minutes'),
            string_agg(
                booked_statuses.pipeline_id || '/' || booked_statuses.status_id, ' '
                order by booked_statuses.status_id
            )
        ) as text
    from booked_statuses
),

days as (
    select
        greatest(
            watermark.cursor_day, current_setting('rental.logical_date')::date - 1
        ) as last_day
    from ops.watermark
    where watermark.name = 'dm.rental_changes/leads'
)

select
    watermark.position as read_from,
    greatest(
        watermark.position,
        (select max(changed_lead.change_seq) from dds.changed_lead)
    ) as read_to,
    days.last_day,
    (days.last_day + 1)::timestamp
    at time zone current_setting('rental.business_tz') as end_moment,
    settings.text as settings,
    settings.text is distinct from watermark.settings as is_reset
from ops.watermark
cross join settings
cross join days
where watermark.name = 'dm.rental_changes/leads';

analyze reading;

create temporary table changed_leads on commit drop as
select changed_lead.lead_id as id
from dds.changed_lead
inner join reading
    on
        changed_lead.change_seq > reading.read_from
        and changed_lead.change_seq <= reading.read_to
where not (select reading.is_reset from reading)
union
select rental_changes_ahead.lead_id
from dm.rental_changes_ahead
where
    rental_changes_ahead.next_day <= (select reading.last_day from reading)
    or (select reading.is_reset from reading)
union
select rental_changes.lead_id
from dm.rental_changes
where (select reading.is_reset from reading)
union
select fact_rentals.lead_id
from dds.fact_rentals
where (select reading.is_reset from reading);

analyze changed_leads;

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

select count(*) as rows_read
from changed_leads;
