-- What:  the days from the first to the last one that facts refer to, for merge_dim_date.sql
-- Grain: one row
-- Reads: dds.changed_lead (which rentals changed), every fact (the first and the last day),
--        ops.watermark
--
-- The rentals that changed are asked for their days, and all of them only when the horizon reaches
-- days that it did not reach before and that one refers to, when the time zone was set otherwise or
-- none was built yet.

select ops.lock_watermarks(
    'dds.changed_lead', 'dds.dim_date/leads', 'dds.dim_date/first_day',
    'dds.dim_date/beyond'
);

create temporary table reading on commit drop as
with horizon as materialized (
    select
        dds.first_day_of_horizon(
            current_setting('rental.business_tz'),
            current_setting('rental.logical_date')::date,
            current_setting('rental.max_horizon_days')::integer
        ) as first_day,
        current_setting('rental.logical_date')::date
        + current_setting('rental.max_horizon_days')::integer as last_day
)

select
    leads_done.position as read_from,
    greatest(
        leads_done.position,
        (select max(changed_lead.change_seq) from dds.changed_lead)
    ) as read_to,
    horizon.first_day,
    beyond_done.cursor_day as beyond_before,
    current_setting('rental.business_tz') as settings,
    (
        leads_done.settings = current_setting('rental.business_tz')
        and first_done.cursor_day <= horizon.first_day
        and coalesce(beyond_done.cursor_day > horizon.last_day, true)
    ) is not true as is_reset
from horizon
cross join ops.watermark as leads_done
cross join ops.watermark as first_done
cross join ops.watermark as beyond_done
where
    leads_done.name = 'dds.dim_date/leads'
    and first_done.name = 'dds.dim_date/first_day'
    and beyond_done.name = 'dds.dim_date/beyond';

analyze reading;

create temporary table dated_leads on commit drop as
select distinct noted.lead_id as id
from reading
cross join lateral dds.leads_noted(reading.read_from, reading.read_to) as noted (lead_id)
where not reading.is_reset
union all
select fact_rentals.lead_id
from dds.fact_rentals
where (select reading.is_reset from reading);

create temporary table span on commit drop as
-- With the days that are there: between them and the new ones must be no gap.
select
    least(
        facts.first_day,
        current_setting('rental.logical_date')::date,
        (select min(dim_date.date_day) from dds.dim_date)
    ) as first_day,
    greatest(
        facts.last_day + interval '1 year',
        current_setting('rental.logical_date')::date + interval '1 year',
        (select max(dim_date.date_day) from dds.dim_date)
    )::date as last_day,
    facts.beyond_day
from dds.span_of_facts(
    current_setting('rental.business_tz'),
    current_setting('rental.logical_date')::date,
    current_setting('rental.max_horizon_days')::integer,
    array(select dated_leads.id from dated_leads)
) as facts;

select count(*) as leads_dated
from dated_leads;
