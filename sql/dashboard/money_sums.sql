-- What:  what bookings brought in during up to three periods, to compare them
-- Grain: one row per period that is asked for: present, before, year_ago
-- Reads: dm.revenue_day; $1 as_of or null, then the first and last day of each period or nulls:
--        $2 $3, $4 $5, $6 $7
with periods as (
    select
        asked.name,
        asked.from_day,
        asked.to_day
    from (
        values
        ('present', $2::date, $3::date),
        ('before', $4::date, $5::date),
        ('year_ago', $6::date, $7::date)
    ) as asked (name, from_day, to_day)
    where asked.from_day is not null
),

days as (
    select
        periods.name,
        revenue_day.*
    from periods
    inner join dm.revenue_day
        on revenue_day.usage_date between periods.from_day and periods.to_day
    where $1::date is null
    union all
    select
        periods.name,
        state.*
    from (
        select
            min(periods.from_day) as from_day,
            max(periods.to_day) as to_day
        from periods
    ) as asked
    -- Once for all periods: what changed since takes longer to find than days to read.
    cross join lateral dm.revenue_day_as_of(
        $1::date, asked.from_day, asked.to_day
    ) as state
    inner join periods
        on state.usage_date between periods.from_day and periods.to_day
    where $1::date is not null
)

select
    periods.name,
    count(days.usage_date)::integer as known_days,
    coalesce(sum(days.revenue), 0)::text as revenue,
    coalesce(sum(days.rented_days), 0)::integer as rented_days,
    coalesce(sum(days.charged_days), 0)::integer as charged_days,
    coalesce(sum(days.car_days), 0)::integer as car_days,
    coalesce(sum(days.unpriced_days), 0)::integer as unpriced_days,
    (sum(days.revenue) / nullif(sum(days.rented_days), 0))::text as adr,
    (sum(days.revenue) / nullif(sum(days.charged_days), 0))::text as rpd,
    (sum(days.revenue) / nullif(sum(days.car_days), 0))::text as revpac,
    (sum(days.rented_days)::numeric / nullif(sum(days.car_days), 0))::text
        as utilisation,
    coalesce(sum(days.unattributed_revenue), 0)::text as unattributed_revenue,
    coalesce(sum(days.unattributed_bookings), 0)::integer as unattributed_bookings
from periods
left join days on periods.name = days.name
group by periods.name
