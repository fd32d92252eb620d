-- What:  fills the calendar from the first day of a fact to a year after the last one
-- Grain: one row per calendar day
-- Reads: span and reading (of span.sql), rental.weekend_days ('6,7': ISO weekdays)
--
-- Built after the facts, so that it covers every day that they refer to. It never shrinks: a day
-- that reports have joined to stays, whatever older date is run again.

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
    dds.forget_changed_leads() as notes_forgotten
from reading
cross join span;

select
    merge_counts.rows_read,
    merge_counts.inserted + merge_counts.updated as rows_written,
    merge_counts.inserted as days_inserted,
    merge_counts.updated as days_updated
from merge_counts;
