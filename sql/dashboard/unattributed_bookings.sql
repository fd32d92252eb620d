-- What:  the bookings of a period that lack a car, an amount or dates, or reach beyond the
--        horizon
-- Grain: one row per booking, the largest amounts first
-- Reads: dm.unattributed_booking, dds.fact_rentals, dds.dim_car; $1 as_of or null, $2 first and
--        $3 last day, $4 car or null, $5 model or null, $6 how many
with largest as (
    select unattributed_booking.*
    from dm.unattributed_booking
    left join dds.dim_car on unattributed_booking.car_id = dim_car.car_id
    where
        $1::date is null
        and unattributed_booking.usage_date between $2::date and $3::date
        and ($4::bigint is null or unattributed_booking.car_id = $4::bigint)
        and ($5::text is null or coalesce(dim_car.model, '(none)') = $5::text)
    order by unattributed_booking.revenue desc, unattributed_booking.lead_id
    limit $6::integer
),

bookings as (
    select
        largest.lead_id,
        largest.car_id,
        largest.usage_date,
        largest.revenue,
        largest.is_beyond_horizon,
        fact_rentals.stage,
        fact_rentals.amount is null as lacks_amount,
        (fact_rentals.rental_end >= fact_rentals.rental_start) is not true as lacks_dates
    from largest
    left join dds.fact_rentals on largest.lead_id = fact_rentals.lead_id
    union all
    select
        state.lead_id,
        state.car_id,
        state.usage_date,
        state.revenue,
        state.is_beyond_horizon,
        state.stage,
        state.lacks_amount,
        state.lacks_dates
    from dm.unattributed_leads_as_of(
        $1::date, $2::date, $3::date, $6::integer,
        case
            when $4::bigint is not null or $5::text is not null
                then
                    array(
                        select cars.car_id
                        from dds.dim_car as cars
                        where
                            ($4::bigint is null or cars.car_id = $4::bigint)
                            and ($5::text is null or coalesce(cars.model, '(none)') = $5::text)
                    )
        end
    ) as state
    where $1::date is not null
)

select
    bookings.lead_id::text as lead_id,
    bookings.usage_date::text as usage_date,
    bookings.revenue::text as revenue,
    nullif(bookings.car_id, 0)::text as car_id,
    dim_car.plate,
    bookings.stage,
    bookings.lacks_amount,
    bookings.car_id = 0 as lacks_car,
    bookings.lacks_dates,
    bookings.is_beyond_horizon
from bookings
left join dds.dim_car on bookings.car_id = dim_car.car_id
where
    ($4::bigint is null or bookings.car_id = $4::bigint)
    and ($5::text is null or coalesce(dim_car.model, '(none)') = $5::text)
order by bookings.revenue desc, bookings.lead_id
limit $6::integer
