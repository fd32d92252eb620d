-- What:  fills the calendar from the first day of a fact to a year after the last one
-- Grain: one row per calendar day
-- Reads: dds.changed_lead (which rentals changed), every fact (the first and the last day),
--        ops.watermark, rental.weekend_days ('6,7': ISO weekdays)
--
-- Built after the facts, so that it covers every day that they refer to. It never shrinks: a day
-- that reports have joined to stays, whatever older date is run again. So the rentals that changed
-- are asked for their days, and all of them only when the horizon reaches days that it did not
-- reach before and that one refers to, when the time zone was set otherwise or none was built yet.

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
select distinct changed_lead.lead_id as id
from reading
inner join dds.changed_lead
    on
        changed_lead.change_seq > reading.read_from
        and changed_lead.change_seq <= reading.read_to
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

create temporary table merge_counts (
    rows_read bigint not null,
    inserted bigint not null,
    updated bigint not null
) on commit drop;

with days as (
    select
        calendar.date_day,
        extract(isodow from calendar.date_day)::text = any(
            string_to_array(current_setting('rental.weekend_days'), ',')
        ) as is_weekend
    from span
    cross join lateral (
        select span.first_day + numbers.place as date_day
        from generate_series(0, span.last_day - span.first_day) as numbers (place)
    ) as calendar
),

other_days as (
    select days.*
    from days
    left join dds.dim_date on days.date_day = dim_date.date_day
    where dim_date.is_weekend is distinct from days.is_weekend
),

written_days as (
    insert into dds.dim_date (
        date_day, year, quarter, month, iso_year, iso_week, weekday, is_weekend
    )
    select
        other_days.date_day,
        extract(year from other_days.date_day) as year,
        extract(quarter from other_days.date_day) as quarter,
        extract(month from other_days.date_day) as month,
        extract(isoyear from other_days.date_day) as iso_year,
        extract(week from other_days.date_day) as iso_week,
        extract(isodow from other_days.date_day) as weekday,
        other_days.is_weekend
    from other_days
    on conflict (date_day) do update
    set is_weekend = excluded.is_weekend
    -- xmax is 0 in a row that was inserted, not updated.
    returning dim_date.xmax = 0 as is_new
)

insert into merge_counts (rows_read, inserted, updated)
select
    (select count(*) from days),
    count(*) filter (where written_days.is_new),
    count(*) filter (where not written_days.is_new)
from written_days;

select
    ops.finish_reading(
        'dds.dim_date/leads', reading.read_to, null, reading.settings
    ) as leads_read,
    ops.finish_reading('dds.dim_date/first_day', 0, reading.first_day, null)
        as first_day_read,
    ops.finish_reading(
        'dds.dim_date/beyond', 0,
        case
            when reading.is_reset then span.beyond_day
            else least(reading.beyond_before, span.beyond_day)
        end,
        null
    ) as beyond_read,
    -- Where no mart is built, nobody else forgets.
    dds.forget_changed_leads() as leads_forgotten
from reading
cross join span;

select
    merge_counts.rows_read,
    merge_counts.inserted + merge_counts.updated as rows_written,
    merge_counts.inserted as days_inserted,
    merge_counts.updated as days_updated
from merge_counts;
