-- What:  finds the bookings that changed, with the spans of days that they left or entered
-- Grain: changed_bookings: a booking and a span of its days (of all bookings: none); booked: such a
--        booking as it is now; landed_cars: a car that may have changed
-- Reads: reading (of calendar.sql), dds.fact_fleet_usage_day_pending, dds.fact_rentals,
--        stg.stg_cars (which cars changed)
--
-- All of them when the time zone or the horizon was set otherwise.

create temporary view bookings as
select
    fact_rentals.lead_id,
    fact_rentals.car_id,
    coalesce(fact_rentals.amount, 0) as amount,
    fact_rentals.amount is null as is_unpriced,
    fact_rentals.rental_days,
    fact_rentals.rental_start,
    fact_rentals.rental_end,
    dds.first_booked_day(
        fact_rentals.rental_start, fact_rentals.rental_end, reading.business_tz
    ) as first_day,
    dds.last_booked_day(
        fact_rentals.rental_start, fact_rentals.rental_end, reading.business_tz
    ) as last_day
-- Beside the time zone, which costs less than to ask for the setting three times a booking.
from reading
cross join dds.fact_rentals
where
    fact_rentals.is_booking
    and fact_rentals.car_id <> 0
    and fact_rentals.rental_end >= fact_rentals.rental_start;

create temporary table changed_bookings on commit drop as
with taken as (
    delete from dds.fact_fleet_usage_day_pending
    returning fact_fleet_usage_day_pending.*
)

select
    unnest(taken.lead_ids) as lead_id,
    unnest(taken.car_ids) as car_id,
    unnest(taken.first_days) as first_day,
    unnest(taken.last_days) as last_day
from taken
union
-- The horizon has moved on to days of theirs.
select
    bookings.lead_id,
    bookings.car_id,
    greatest(bookings.first_day, reading.last_day_before + 1) as first_day,
    bookings.last_day
from reading
inner join bookings
    on
        bookings.rental_end >= (reading.last_day_before + 1)::timestamp
        at time zone current_setting('rental.business_tz')
        and bookings.last_day > reading.last_day_before
        and bookings.first_day <= reading.last_day
union
-- The horizon has moved back to days of theirs.
select
    booking.lead_id,
    booking.car_id,
    booking.first_day,
    least(booking.last_day, reading.first_day_before - 1) as last_day
from reading
cross join lateral dds.bookings_within(
    reading.first_day::timestamp at time zone current_setting('rental.business_tz'),
    reading.first_day_before::timestamp at time zone current_setting('rental.business_tz')
) as early
cross join lateral (
    select bookings.*
    from bookings
    where bookings.lead_id = early.lead_id
    offset 0
) as booking
where
    reading.first_day < reading.first_day_before
    and booking.last_day >= reading.first_day;

-- Looked up once, for the lives of cars and for the days.
create temporary table booked on commit drop as
select bookings.*
from bookings
-- One by one, by a list: joined, all bookings would be read for a day's changes.
where
    bookings.lead_id = any(
        array(
            select changed_bookings.lead_id
            from changed_bookings
            where not (select reading.is_reset from reading)
        )
    )
union all
select bookings.*
from bookings
where (select reading.is_reset from reading);

-- Uncounted, each lead would be guessed to be there often, and checks sort what they need not.
analyze booked (lead_id);

create temporary table landed_cars on commit drop as
select distinct stg_cars.id as car_id
from reading
inner join stg.stg_cars
    on
        stg_cars.landed_seq > reading.cars_from
        and stg_cars.landed_seq <= reading.cars_to;

select
    case
        when reading.is_reset then (select count(*) from booked)
        else (select count(*) from changed_bookings)
    end as booked_spans_changed,
    fleet.may_change as days_may_change,
    -- None, unless new_days.sql finds some.
    fleet.may_change as days_left_over
from reading
cross join lateral (
    select
        (
            reading.is_reset
            or reading.first_day is distinct from reading.first_day_before
            or reading.last_day <> reading.last_day_before
            or exists (select from changed_bookings)
            or exists (select from landed_cars)
        )::integer as may_change
) as fleet;
