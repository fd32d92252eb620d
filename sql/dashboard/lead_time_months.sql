-- What:  how long before their start bookings were confirmed and how long they are: medians by
--        the month of the start, and of the whole period
-- Grain: one row per month; one with month null for all of them together
-- Reads: dm.lead_time_count, dm.build; $1 first and $2 last month
--
-- A median is found from how often each length occurs, as percentile_cont finds it from the rows.
with bookings as (
    select lead_time_count.*
    from dm.lead_time_count
    where lead_time_count.month between $1::date and $2::date
),

counts as (
    select
        bookings.month,
        bookings.kind as name,
        bookings.days,
        sum(bookings.bookings) as bookings
    from bookings
    group by grouping sets (
        (bookings.month, bookings.kind, bookings.days), (bookings.kind, bookings.days)
    )
),

places as (
    select
        counts.month,
        counts.name,
        counts.days,
        sum(counts.bookings) over by_length as through,
        sum(counts.bookings) over by_length - counts.bookings as before,
        (sum(counts.bookings) over (partition by counts.month, counts.name) - 1) * 0.5
            as middle
    from counts
    window by_length as (
        partition by counts.month, counts.name
        order by counts.days
    )
),

medians as (
    select
        places.month,
        places.name,
        (
            min(places.days) filter (where places.through > floor(places.middle))
            + min(places.days) filter (where places.through > ceil(places.middle))
        ) / 2.0 as median
    from places
    group by places.month, places.name
),

totals as (
    select
        bookings.month,
        sum(bookings.bookings) as bookings
    from bookings
    -- Each has one; some have no length.
    where bookings.kind = 'lead'
    group by rollup (bookings.month)
)

select
    totals.month::text as month,
    totals.bookings::integer as bookings,
    trim_scale(lead_medians.median)::text as median_lead_days,
    trim_scale(rental_medians.median)::text as median_rental_days,
    (totals.month + interval '1 month')::date - 1 <= build.last_finished_day as is_complete
from totals
cross join dm.build
left join medians as lead_medians
    on totals.month is not distinct from lead_medians.month and lead_medians.name = 'lead'
left join medians as rental_medians
    on totals.month is not distinct from rental_medians.month and rental_medians.name = 'rental'
where totals.bookings is not null
order by totals.month nulls last
