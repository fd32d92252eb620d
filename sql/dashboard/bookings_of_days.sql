-- What:  the bookings that bring in the revenue of a period, with their share of it
-- Grain: one row per booking, the largest shares first
-- Reads: dds.fact_rentals, dds.dim_car, dm.build; $1 as_of or null, $2 first and $3 last day,
--        $4 car or null, $5 model or null, $6 rows to leave out, $7 rows to show
with bookings as (
    select
        fact_rentals.lead_id,
        fact_rentals.car_id,
        fact_rentals.stage,
        fact_rentals.amount,
        fact_rentals.rental_days,
        fact_rentals.rental_start,
        fact_rentals.rental_end,
        dds.first_booked_day(
            fact_rentals.rental_start, fact_rentals.rental_end, build.business_tz
        ) as first_day,
        dds.last_booked_day(
            fact_rentals.rental_start, fact_rentals.rental_end, build.business_tz
        ) as last_day
    from dm.build
    cross join generate_series(0, 36) as classes (class)
    -- The index on spans: found by length, each length reaches so far back.
    inner join dds.fact_rentals
        on
            dds.span_class(
                least(fact_rentals.rental_start, fact_rentals.rental_end),
                greatest(fact_rentals.rental_start, fact_rentals.rental_end)
            ) = classes.class
            and least(fact_rentals.rental_start, fact_rentals.rental_end)
            >= dds.span_reach($2::date::timestamp at time zone build.business_tz, classes.class)
            and least(fact_rentals.rental_start, fact_rentals.rental_end)
            < ($3::date + 1)::timestamp at time zone build.business_tz
    where
        $1::date is null
        and fact_rentals.is_booking
        and fact_rentals.car_id <> 0
        and ($4::bigint is null or fact_rentals.car_id = $4::bigint)
    union all
    select
        state.lead_id,
        state.car_id,
        state.stage,
        state.amount,
        state.rental_days,
        state.rental_start,
        state.rental_end,
        state.first_day,
        state.last_day
    from dm.rentals_as_of($1::date, $2::date, $3::date) as state
    where $1::date is not null and state.car_id <> 0
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
        and ($4::bigint is null or bookings.car_id = $4::bigint)
        and ($5::text is null or coalesce(dim_car.model, '(none)') = $5::text)
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
