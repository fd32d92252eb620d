-- What:  fills the calendar from the first rental to a year after the logical date
-- Grain: one row per calendar day
-- Reads: ods.ods_leads_hist (the first rental), rental.weekend_days ('6,7': ISO weekdays)
--
-- The calendar never shrinks: a day that reports have joined to stays.

create temporary table merge_counts (
    rows_read bigint not null,
    inserted bigint not null,
    updated bigint not null
) on commit drop;

with first_rental as (
    select
        least(
            coalesce(
                (
                    min(ods_leads_hist.rental_start)
                    at time zone current_setting('rental.business_tz')
                )::date,
                current_setting('rental.logical_date')::date
            ),
            current_setting('rental.logical_date')::date
        ) as date_day
    from ods.ods_leads_hist
    where ods_leads_hist.is_current
),

days as (
    select calendar.date_day::date as date_day
    from first_rental
    cross join
        lateral generate_series(
            first_rental.date_day::timestamp,
            current_setting('rental.logical_date')::date + interval '1 year',
            interval '1 day'
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
