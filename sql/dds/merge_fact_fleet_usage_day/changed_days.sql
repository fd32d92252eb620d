-- What:  finds the days of cars that may have changed
-- Grain: changed_bookings: a booking and a span of its days (of all bookings: none); booked: such a
--        booking as it is now; changed_car_days: a car and day
-- Reads: reading and car_versions (of the files before), dds.fact_fleet_usage_day_pending,
--        dds.fact_fleet_usage_day, dds.fact_rentals, stg.stg_cars (which cars changed)
--
-- That are the days which changed bookings left or entered and the days at the end of the
-- calendar; then those days of changed cars that are missing, not wanted or of another
-- plate. All of them when the time zone or the horizon was set otherwise.

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
        fact_rentals.rental_start, fact_rentals.rental_end,
        current_setting('rental.business_tz')
    ) as first_day,
    dds.last_booked_day(
        fact_rentals.rental_start, fact_rentals.rental_end,
        current_setting('rental.business_tz')
    ) as last_day
from dds.fact_rentals
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
    taken.lead_id,
    taken.car_id,
    taken.first_day,
    taken.last_day
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

analyze changed_bookings;

-- Looked up once, for the lives of cars and for the days.
create temporary table booked on commit drop as
select booking.*
from (
    -- Looked up in their order, neighbours are in pages already read.
    select distinct changed_bookings.lead_id
    from changed_bookings
    order by changed_bookings.lead_id
) as leads
cross join lateral (
    -- One by one: joined, all bookings would be read for a day's changes.
    select bookings.*
    from bookings
    where bookings.lead_id = leads.lead_id
    offset 0
) as booking
where not (select reading.is_reset from reading)
union all
select bookings.*
from bookings
where (select reading.is_reset from reading);

create temporary table changed_car_days on commit drop as
with changed_spans as (
    select
        changed_bookings.car_id,
        changed_bookings.first_day,
        changed_bookings.last_day
    from changed_bookings
    union all
    select
        booked.car_id,
        booked.first_day,
        booked.last_day
    from booked
    -- Of a first build the days of lives are known soon, and nearly all that are booked among them.
    where (select reading.is_reset and not reading.is_first from reading)
)

-- Spread here and not beside a span in from, where a series is put down for each before it is read.
select
    changed_spans.car_id,
    greatest(changed_spans.first_day, reading.first_day) + generate_series(
        0,
        least(changed_spans.last_day, reading.horizon_ends_on)
        - greatest(changed_spans.first_day, reading.first_day)
    ) as usage_date
from changed_spans
cross join reading
union
select
    car_versions.car_id,
    greatest(car_versions.first_day, reading.last_day_before + 1) + generate_series(
        0,
        car_versions.last_idle_day
        - greatest(car_versions.first_day, reading.last_day_before + 1)
    ) as usage_date
from car_versions
cross join reading
where car_versions.last_idle_day > reading.last_day_before
union
select
    fact_fleet_usage_day.car_id,
    fact_fleet_usage_day.usage_date
from dds.fact_fleet_usage_day
where
    fact_fleet_usage_day.usage_date > (select reading.last_day from reading)
    -- Open at one end, a third of all days is expected and every one is read.
    and fact_fleet_usage_day.usage_date <= 'infinity'
union
select
    fact_fleet_usage_day.car_id,
    fact_fleet_usage_day.usage_date
from dds.fact_fleet_usage_day
where (select reading.is_reset from reading)
-- Looked up in their order, neighbours are in pages already read.
order by 1, 2;

analyze changed_car_days;

select
    case
        when reading.is_reset then (select count(*) from booked)
        else (select count(*) from changed_bookings)
    end as booked_spans_changed
from reading;
