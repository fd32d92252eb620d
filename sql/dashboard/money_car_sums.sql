-- What:  the same for one car or one model: what its bookings brought in during up to three
--        periods
-- Grain: one row per period that is asked for: present, before, year_ago
-- Reads: dds.fact_fleet_usage_day (of a car), dm.model_day (of a model), dm.unattributed_booking,
--        dds.dim_car; $1 car or null, $2 model or null, then the first and last day of each
--        period or nulls: $3 $4, $5 $6, $7 $8
with periods as (
    select
        asked.name,
        asked.from_day,
        asked.to_day
    from (
        values
        ('present', $3::date, $4::date),
        ('before', $5::date, $6::date),
        ('year_ago', $7::date, $8::date)
    ) as asked (name, from_day, to_day)
    where asked.from_day is not null
),

cars as (
    select dim_car.car_id
    from dds.dim_car
    where
        dim_car.car_id <> 0
        and ($1::bigint is null or dim_car.car_id = $1::bigint)
        and ($2::text is null or coalesce(dim_car.model, '(none)') = $2::text)
),

days as (
    select
        periods.name,
        usage.amount_share as revenue,
        usage.is_rented::integer as rented_days,
        usage.charged_days,
        usage.is_unpriced::integer as unpriced_days,
        1 as car_days
    from periods
    cross join cars
    inner join dds.fact_fleet_usage_day as usage
        on
            cars.car_id = usage.car_id
            and usage.usage_date between periods.from_day and periods.to_day
    where $1::bigint is not null
    union all
    select
        periods.name,
        model_day.revenue,
        model_day.rented_days,
        model_day.charged_days,
        model_day.unpriced_days,
        model_day.car_days
    from periods
    inner join dm.model_day
        on
            model_day.model = $2::text
            and model_day.usage_date between periods.from_day and periods.to_day
    where $1::bigint is null
),

sums as (
    select
        days.name,
        sum(days.car_days) as car_days,
        sum(days.revenue) as revenue,
        sum(days.rented_days) as rented_days,
        sum(days.charged_days) as charged_days,
        sum(days.unpriced_days) as unpriced_days
    from days
    group by days.name
),

unattributed as (
    select
        periods.name,
        sum(unattributed_booking.revenue) as revenue,
        count(*) as bookings
    from periods
    cross join cars
    inner join dm.unattributed_booking
        on
            cars.car_id = unattributed_booking.car_id
            and unattributed_booking.usage_date
            between periods.from_day and periods.to_day
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
