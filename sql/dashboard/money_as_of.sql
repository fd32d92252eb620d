-- What:  what bookings brought in as it stood at the end of a day, of the fleet, a car or a model:
--        by day and month, and of up to three periods, to compare them
-- Grain: one row per day (name 'day'), per month ('month'), and per period of which a day is
--        known ('present', 'before', 'year_ago')
-- Reads: dm.revenue_day, of a car dds.fact_fleet_usage_day, of a model dm.model_day, and what
--        differs since (through dm.money_days_as_of), dm.revenue_month; $1 as_of, $2 car or null,
--        $3 model or null, then the first and last day of each or nulls: days $4 $5, months
--        $6 $7, periods $8 $9, $10 $11, $12 $13
with spans as (
    select
        asked.name,
        asked.from_day,
        asked.to_day
    from (
        values
        ('day', $4::date, $5::date),
        ('month', $6::date, $7::date),
        ('present', $8::date, $9::date),
        ('before', $10::date, $11::date),
        ('year_ago', $12::date, $13::date)
    ) as asked (name, from_day, to_day)
    where asked.from_day is not null
),

-- Once for all: what changed since takes longer to find than days to read.
days as materialized (
    select found.*
    from (
        select
            min(spans.from_day) as from_day,
            max(spans.to_day) as to_day
        from spans
    ) as hull
    cross join lateral dm.money_days_as_of(
        $1::date, hull.from_day, hull.to_day, $2::bigint, $3::text
    ) as found
),

parts as (
    select
        spans.name,
        case spans.name
            when 'day' then days.usage_date
            when 'month' then date_trunc('month', days.usage_date)::date
        end as first_day,
        -- A day ahead stands by itself, and apart from what a month has brought in so far.
        days.is_ahead and spans.name <> 'day' as is_later,
        days.*
    from spans
    inner join days on days.usage_date between spans.from_day and spans.to_day
    where
        -- No zeros before anything is known.
        case
            when spans.name = 'month'
                then
                    days.usage_date >= (
                        select min(revenue_month.month)
                        from dm.revenue_month
                    )
            when $2::bigint is null and $3::text is null
                then
                    days.usage_date >= (
                        select min(revenue_day.usage_date)
                        from dm.revenue_day
                    )
            else true
        end
),

sums as (
    select
        parts.name,
        parts.first_day,
        bool_or(parts.is_ahead) as is_ahead,
        case
            when $2::bigint is null and $3::text is null then count(*)
            else coalesce(sum(parts.car_days), 0)
        end as known_days,
        trim_scale(coalesce(sum(parts.revenue) filter (where not parts.is_later), 0))
            as revenue,
        coalesce(sum(parts.rented_days) filter (where not parts.is_later), 0)
            as rented_days,
        coalesce(sum(parts.charged_days) filter (where not parts.is_later), 0)
            as charged_days,
        coalesce(sum(parts.unpriced_days) filter (where not parts.is_later), 0)
            as unpriced_days,
        case
            when parts.name = 'day' then sum(parts.car_days)
            else coalesce(sum(parts.car_days), 0)
        end as car_days,
        trim_scale(
            coalesce(sum(parts.unattributed_revenue) filter (where not parts.is_later), 0)
        ) as unattributed_revenue,
        coalesce(sum(parts.unattributed_bookings) filter (where not parts.is_later), 0)
            as unattributed_bookings,
        trim_scale(coalesce(sum(parts.revenue) filter (where parts.is_later), 0))
            as revenue_ahead,
        coalesce(sum(parts.rented_days) filter (where parts.is_later), 0)
            as rented_days_ahead,
        trim_scale(
            coalesce(sum(parts.unattributed_revenue) filter (where parts.is_later), 0)
        ) as unattributed_revenue_ahead,
        coalesce(sum(parts.unattributed_bookings) filter (where parts.is_later), 0)
            as unattributed_bookings_ahead
    from parts
    group by parts.name, parts.first_day
)

select
    sums.name,
    sums.first_day::text as usage_date,
    sums.first_day::text as month,
    sums.known_days::integer as known_days,
    sums.revenue::text as revenue,
    sums.rented_days::integer as rented_days,
    sums.charged_days::integer as charged_days,
    sums.unpriced_days::integer as unpriced_days,
    sums.car_days::integer as car_days,
    (sums.revenue / nullif(sums.rented_days, 0))::text as adr,
    (sums.revenue / nullif(sums.charged_days, 0))::text as rpd,
    (sums.revenue / nullif(sums.car_days, 0))::text as revpac,
    (sums.rented_days::numeric / nullif(sums.car_days, 0))::text as utilisation,
    sums.unattributed_revenue::text as unattributed_revenue,
    sums.unattributed_bookings::integer as unattributed_bookings,
    sums.revenue_ahead::text as revenue_ahead,
    sums.rented_days_ahead::integer as rented_days_ahead,
    sums.unattributed_revenue_ahead::text as unattributed_revenue_ahead,
    sums.unattributed_bookings_ahead::integer as unattributed_bookings_ahead,
    sums.is_ahead,
    so_far.days_so_far,
    so_far.is_complete
from sums
cross join lateral dm.month_so_far(sums.first_day, $1::date) as so_far
where
    sums.name <> 'month'
    or ($2::bigint is null and $3::text is null)
    -- Idle days ahead are nothing yet.
    or sums.car_days > 0
    or sums.rented_days_ahead > 0
    or sums.unattributed_bookings + sums.unattributed_bookings_ahead > 0
order by sums.name, sums.first_day
