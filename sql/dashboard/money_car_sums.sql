-- What:  the same for one car or one model: what its bookings brought in during up to three
--        periods
-- Grain: one row per period that is asked for: present, before, year_ago
-- Reads: dds.fact_fleet_usage_day, dm.unattributed_booking, dds.dim_car; $1 as_of or null, $2
--        car or null, $3 model or null, then the first and last day of each period or nulls: $4
--        $5, $6 $7, $8 $9
with periods as (
    select
        asked.name,
        asked.from_day,
        asked.to_day
    from (
        values
        ('present', $4::date, $5::date),
        ('before', $6::date, $7::date),
        ('year_ago', $8::date, $9::date)
    ) as asked (name, from_day, to_day)
    where asked.from_day is not null
),

cars as (
    select dim_car.car_id
    from dds.dim_car
    where
        dim_car.car_id <> 0
        and ($2::bigint is null or dim_car.car_id = $2::bigint)
        and ($3::text is null or coalesce(dim_car.model, '(none)') = $3::text)
),

asked as (
    select
        min(periods.from_day) as from_day,
        max(periods.to_day) as to_day,
        (select coalesce(array_agg(cars.car_id), '{}') from cars) as car_ids
    from periods
),

days as (
    select
        periods.name,
        usage.amount_share,
        usage.is_rented,
        usage.charged_days,
        usage.is_unpriced
    from periods
    cross join cars
    inner join dds.fact_fleet_usage_day as usage
        on
            cars.car_id = usage.car_id
            and usage.usage_date between periods.from_day and periods.to_day
    where $1::date is null
    union all
    select
        periods.name,
        state.amount_share,
        state.is_rented,
        state.charged_days,
        state.is_unpriced
    from asked
    -- Once for all periods: what changed since takes longer to find than days to read.
    cross join lateral dm.fleet_usage_as_of(
        $1::date, asked.from_day, asked.to_day, asked.car_ids
    ) as state
    inner join periods
        on state.usage_date between periods.from_day and periods.to_day
    where $1::date is not null
),

sums as (
    select
        days.name,
        count(*) as car_days,
        sum(days.amount_share) as revenue,
        count(*) filter (where days.is_rented) as rented_days,
        sum(days.charged_days) as charged_days,
        count(*) filter (where days.is_unpriced) as unpriced_days
    from days
    group by days.name
),

unattributed as (
    select
        periods.name,
        sum(bookings.revenue) as revenue,
        count(*) as bookings
    from (
        select unattributed_booking.*
        from asked
        inner join dm.unattributed_booking
            on unattributed_booking.usage_date between asked.from_day and asked.to_day
        where $1::date is null
        union all
        select state.*
        from asked
        cross join lateral dm.unattributed_booking_as_of(
            $1::date, asked.from_day, asked.to_day
        ) as state
        where $1::date is not null
    ) as bookings
    inner join cars on bookings.car_id = cars.car_id
    inner join periods
        on bookings.usage_date between periods.from_day and periods.to_day
    group by periods.name
)

select
    periods.name,
    coalesce(sums.car_days, 0)::integer as known_days,
    coalesce(sums.revenue, 0)::text as revenue,
    coalesce(sums.rented_days, 0)::integer as rented_days,
    coalesce(sums.charged_days, 0)::integer as charged_days,
    coalesce(sums.car_days, 0)::integer as car_days,
    coalesce(sums.unpriced_days, 0)::integer as unpriced_days,
    (sums.revenue / nullif(sums.rented_days, 0))::text as adr,
    (sums.revenue / nullif(sums.charged_days, 0))::text as rpd,
    (sums.revenue / nullif(sums.car_days, 0))::text as revpac,
    (sums.rented_days::numeric / nullif(sums.car_days, 0))::text as utilisation,
    coalesce(unattributed.revenue, 0)::text as unattributed_revenue,
    coalesce(unattributed.bookings, 0)::integer as unattributed_bookings
from periods
left join sums on periods.name = sums.name
left join unattributed on periods.name = unattributed.name
