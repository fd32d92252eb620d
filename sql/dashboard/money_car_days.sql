-- What:  the same for one car or one model: what its bookings bring in on each day of a period
-- Grain: one row per day on which it was in the fleet or is booked
-- Reads: dds.fact_fleet_usage_day (of a car), dm.model_day (of a model), dm.unattributed_booking,
--        dds.dim_car, dm.build; $1 first and $2 last day, $3 car or null, $4 model or null
with cars as (
    select dim_car.car_id
    from dds.dim_car
    where
        dim_car.car_id <> 0
        and ($3::bigint is null or dim_car.car_id = $3::bigint)
        and ($4::text is null or coalesce(dim_car.model, '(none)') = $4::text)
),

days as (
    select
        usage.usage_date,
        usage.amount_share as revenue,
        usage.is_rented::integer as rented_days,
        usage.charged_days,
        usage.is_unpriced::integer as unpriced_days,
        1 as car_days
    from cars
    inner join dds.fact_fleet_usage_day as usage
        on
            cars.car_id = usage.car_id
            and usage.usage_date between $1::date and $2::date
    where $3::bigint is not null
    union all
    select
        model_day.usage_date,
        model_day.revenue,
        model_day.rented_days,
        model_day.charged_days,
        model_day.unpriced_days,
        model_day.car_days
    from dm.model_day
    where
        $3::bigint is null
        and model_day.model = $4::text
        and model_day.usage_date between $1::date and $2::date
),

unattributed as (
    select
        unattributed_booking.usage_date,
        sum(unattributed_booking.revenue) as revenue,
        count(*) as bookings
    from dm.unattributed_booking
    inner join cars on unattributed_booking.car_id = cars.car_id
    where unattributed_booking.usage_date between $1::date and $2::date
    group by unattributed_booking.usage_date
),

known as (
    select
        coalesce(days.usage_date, unattributed.usage_date) as usage_date,
        days.revenue,
        days.rented_days,
        days.charged_days,
        days.unpriced_days,
        case
            when days.usage_date <= (select build.last_finished_day from dm.build)
                then days.car_days
        end as car_days,
        coalesce(unattributed.revenue, 0) as unattributed_revenue,
        coalesce(unattributed.bookings, 0) as unattributed_bookings
    from days
    full join unattributed on days.usage_date = unattributed.usage_date
)

select
    known.usage_date::text as usage_date,
    coalesce(known.revenue, 0)::text as revenue,
    coalesce(known.rented_days, 0)::integer as rented_days,
    coalesce(known.charged_days, 0)::integer as charged_days,
    coalesce(known.unpriced_days, 0)::integer as unpriced_days,
    known.car_days::integer as car_days,
    (known.revenue / nullif(known.rented_days, 0))::text as adr,
    (known.revenue / nullif(known.charged_days, 0))::text as rpd,
    (known.revenue / nullif(known.car_days, 0))::text as revpac,
    known.unattributed_revenue::text as unattributed_revenue,
    known.unattributed_bookings::integer as unattributed_bookings,
    known.usage_date > (select build.last_finished_day from dm.build) as is_ahead
from known
order by known.usage_date
