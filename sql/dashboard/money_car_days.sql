-- What:  the same for one car or one model: what its bookings bring in on each day of a period
-- Grain: one row per day on which it was in the fleet or is booked
-- Reads: dds.fact_fleet_usage_day, dm.unattributed_booking, dds.dim_car, dm.build; $1 as_of or
--        null, $2 first and $3 last day, $4 car or null, $5 model or null
with cars as (
    select dim_car.car_id
    from dds.dim_car
    where
        dim_car.car_id <> 0
        and ($4::bigint is null or dim_car.car_id = $4::bigint)
        and ($5::text is null or coalesce(dim_car.model, '(none)') = $5::text)
),

car_days as (
    select
        usage.usage_date,
        usage.amount_share,
        usage.is_rented,
        usage.charged_days,
        usage.is_unpriced
    from cars
    inner join dds.fact_fleet_usage_day as usage
        on
            cars.car_id = usage.car_id
            and usage.usage_date between $2::date and $3::date
    where $1::date is null
    union all
    select
        state.usage_date,
        state.amount_share,
        state.is_rented,
        state.charged_days,
        state.is_unpriced
    from dm.fleet_usage_as_of(
        $1::date, $2::date, $3::date,
        (select coalesce(array_agg(cars.car_id), '{}') from cars)
    ) as state
    where $1::date is not null
),

days as (
    select
        car_days.usage_date,
        sum(car_days.amount_share) as revenue,
        count(*) filter (where car_days.is_rented) as rented_days,
        sum(car_days.charged_days) as charged_days,
        count(*) filter (where car_days.is_unpriced) as unpriced_days,
        case
            when
                car_days.usage_date <= coalesce(
                    $1::date, (select build.last_finished_day from dm.build)
                )
                then count(*)
        end as car_days
    from car_days
    group by car_days.usage_date
),

unattributed as (
    select
        bookings.usage_date,
        sum(bookings.revenue) as revenue,
        count(*) as bookings
    from (
        select unattributed_booking.*
        from dm.unattributed_booking
        where
            $1::date is null
            and unattributed_booking.usage_date between $2::date and $3::date
        union all
        select state.*
        from dm.unattributed_booking_as_of($1::date, $2::date, $3::date) as state
        where $1::date is not null
    ) as bookings
    inner join cars on bookings.car_id = cars.car_id
    group by bookings.usage_date
)

select
    coalesce(days.usage_date, unattributed.usage_date)::text as usage_date,
    coalesce(days.revenue, 0)::text as revenue,
    coalesce(days.rented_days, 0)::integer as rented_days,
    coalesce(days.charged_days, 0)::integer as charged_days,
    coalesce(days.unpriced_days, 0)::integer as unpriced_days,
    days.car_days::integer as car_days,
    (days.revenue / nullif(days.rented_days, 0))::text as adr,
    (days.revenue / nullif(days.charged_days, 0))::text as rpd,
    (days.revenue / nullif(days.car_days, 0))::text as revpac,
    coalesce(unattributed.revenue, 0)::text as unattributed_revenue,
    coalesce(unattributed.bookings, 0)::integer as unattributed_bookings,
    coalesce(days.usage_date, unattributed.usage_date) > coalesce(
        $1::date, (select build.last_finished_day from dm.build)
    ) as is_ahead
from days
full join unattributed on days.usage_date = unattributed.usage_date
order by 1
