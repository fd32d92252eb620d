-- What:  finds how far changes of dates have read the changed leads, and which leads to look at
-- Grain: reading: one row; changed_leads: a lead; booked_statuses: a status
-- Reads: dds.changed_lead, dm.rental_changes, dm.rental_changes_ahead (what a new day brings),
--        dds.fact_rentals, dict.dict_status_leads, ops.watermark
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
    dds.day_start(days.last_day + 1, current_setting('rental.business_tz'))
        as end_moment,
    settings.text as settings,
    settings.text is distinct from watermark.settings as is_reset
from ops.watermark
cross join settings
cross join days
where watermark.name = 'dm.rental_changes/leads';

analyze reading;

create temporary table changed_leads on commit drop as
select noted.lead_id as id
from reading
cross join lateral dds.leads_noted(reading.read_from, reading.read_to) as noted (lead_id)
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

select count(*) as rows_read
from changed_leads;
