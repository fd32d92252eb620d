-- What:  the bookings that bring in the revenue of a period, with their share of it
-- Grain: one row per booking, the largest shares first
-- Reads: dds.fact_rentals and dm.lead_state (through dm.largest_bookings, of an earlier day with
--        history through dm.largest_bookings_as_of), dds.dim_car, dm.build; $1 as_of or null, $2
--        first and $3 last day, $4 car or null, $5 model or null, $6 rows to leave out, $7 rows to
--        show, $8 the most that are ranked
with cars as (
    select
        case
            when $4::bigint is not null or $5::text is not null
                then
                    array(
                        select dim_car.car_id
                        from dds.dim_car
                        where
                            dim_car.car_id <> 0
                            and ($4::bigint is null or dim_car.car_id = $4::bigint)
                            and ($5::text is null or coalesce(dim_car.model, '(none)') = $5::text)
                    )
        end as asked
),

rentals as (
    select largest.*
    from cars
    cross join lateral dm.largest_bookings(
        $2::date, $3::date, $8::integer, cars.asked
    ) as largest
    where $1::date is null
    union all
    select state.*
    from cars
    cross join lateral dm.largest_bookings_as_of(
        $1::date, $2::date, $3::date, $8::integer, cars.asked
    ) as state
    where $1::date is not null
),

bookings as (
    select
        rentals.lead_id,
        rentals.car_id,
        rentals.stage,
        rentals.amount,
        rentals.rental_days,
        dds.first_booked_day(
            rentals.rental_start, rentals.rental_end, build.business_tz
        ) as first_day,
        dds.last_booked_day(
            rentals.rental_start, rentals.rental_end, build.business_tz
        ) as last_day
    from dm.build
    cross join rentals
),

shares as (
    select
        bookings.*,
        dim_car.plate,
        dds.share_of_days(
            bookings.amount, bookings.first_day, bookings.last_day,
            $2::date, $3::date
        ) as share
    from bookings
    left join dds.dim_car on bookings.car_id = dim_car.car_id
    where
        bookings.first_day <= $3::date
        and bookings.last_day >= $2::date
)

select
    shares.lead_id::text as lead_id,
    shares.car_id::text as car_id,
    shares.plate,
    shares.stage,
    shares.first_day::text as first_day,
    shares.last_day::text as last_day,
    shares.rental_days,
    shares.amount::text as amount,
    shares.share::text as share,
    count(*) over ()::integer as bookings
from shares
order by shares.share desc nulls last, shares.lead_id
offset $6::integer
limit $7::integer
