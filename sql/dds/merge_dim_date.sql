-- What:  fills the calendar from the first day of a fact to a year after the last one
-- Grain: one row per calendar day
-- Reads: every fact (the first and the last day), rental.weekend_days ('6,7': ISO weekdays)
--
-- Built after the facts, so that it covers every day that they refer to. It never
-- shrinks: a day that reports have joined to stays, whatever older date is run again.

create temporary table merge_counts (
    rows_read bigint not null,
    inserted bigint not null,
    updated bigint not null
) on commit drop;

with span as (
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
        ) as last_day
    from dds.span_of_facts(
        current_setting('rental.business_tz'),
        current_setting('rental.logical_date')::date,
        current_setting('rental.max_horizon_days')::integer
    ) as facts
),

days as (
    select calendar.date_day::date as date_day
    from span
    cross join
        lateral generate_series(
            span.first_day::timestamp, span.last_day, interval '1 day'
        ) as calendar (date_day)
),

written_days as (
    insert into dds.dim_date (
        date_day, year, quarter, month, iso_year, iso_week, weekday, is_weekend
    )
    select
        days.date_day,
        extract(year from days.date_day) as year,
        extract(quarter from days.date_day) as quarter,
        extract(month from days.date_day) as month,
        extract(isoyear from days.date_day) as iso_year,
        extract(week from days.date_day) as iso_week,
        extract(isodow from days.date_day) as weekday,
        extract(isodow from days.date_day)::text = any(
            string_to_array(current_setting('rental.weekend_days'), ',')
        ) as is_weekend
    from days
    on conflict (date_day) do update
    set is_weekend = excluded.is_weekend
    where dim_date.is_weekend <> excluded.is_weekend
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
    merge_counts.rows_read,
    merge_counts.inserted + merge_counts.updated as rows_written,
    merge_counts.inserted as days_inserted,
    merge_counts.updated as days_updated
from merge_counts;
