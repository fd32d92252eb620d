-- What:  finds where the days of each car begin, and the cars whose days are to be compared
-- Grain: car_lives: one row per version of a known car; cars_to_compare: a car
-- Reads: reading and car_versions (of the files before), changed_bookings, booked and landed_cars
--        (of changed_bookings.sql), other_days (of changed_days.sql),
--        dds.fact_fleet_usage_day
-- If:    days_left_over
--
-- Only cars that changed, or whose days now begin elsewhere, are compared with the days
-- that they have.

create temporary table car_lives on commit drop as
with first_changed_days as (
    select
        other_days.car_id,
        min(other_days.usage_date) as first_day
    from other_days
    group by other_days.car_id
),

cars as (
    -- Bookings of the days from joins_on on have no say in where the days of a car begin.
    select distinct
        car_versions.car_id,
        car_versions.joins_on,
        reading.is_reset
        or reading.first_day is distinct from reading.first_day_before
        or coalesce(first_changed_days.first_day < car_versions.joins_on, false)
        or landed_cars.car_id is not null as may_begin_elsewhere
    from car_versions
    cross join reading
    left join first_changed_days on car_versions.car_id = first_changed_days.car_id
    left join landed_cars on car_versions.car_id = landed_cars.car_id
),

first_changed as (
    select
        booked.car_id,
        min(greatest(booked.first_day, reading.first_day)) as first_day
    from booked
    cross join reading
    where
        booked.last_day >= reading.first_day
        and booked.first_day <= reading.last_day
    group by booked.car_id
),

beginnings as materialized (
    select
        cars.car_id,
        greatest(
            least(cars.joins_on, first_changed.first_day, first_kept.usage_date),
            reading.first_day
        ) as first_day,
        cars.may_begin_elsewhere,
        first_stored.usage_date as first_stored_day
    from cars
    cross join reading
    left join first_changed on cars.car_id = first_changed.car_id
    left join lateral (
        -- The first day with a booking that did not change; a later one than joins_on is none.
        select fact_fleet_usage_day.usage_date
        from dds.fact_fleet_usage_day
        where
            fact_fleet_usage_day.car_id = cars.car_id
            and fact_fleet_usage_day.usage_date < cars.joins_on
            and cars.may_begin_elsewhere
            and not reading.is_reset
            and exists (
                select
                from unnest(fact_fleet_usage_day.lead_ids) as listed (lead_id)
                where
                    listed.lead_id not in (
                        select changed_bookings.lead_id
                        from changed_bookings
                    )
            )
        order by fact_fleet_usage_day.usage_date
        limit 1
    ) as first_kept on true
    left join lateral (
        select fact_fleet_usage_day.usage_date
        from dds.fact_fleet_usage_day
        where
            fact_fleet_usage_day.car_id = cars.car_id
            and cars.may_begin_elsewhere
        order by fact_fleet_usage_day.usage_date
        limit 1
    ) as first_stored on true
)

select
    car_versions.car_id,
    car_versions.plate,
    car_versions.first_day as version_from,
    car_versions.last_day as version_to,
    car_versions.last_idle_day,
    beginnings.first_day,
    beginnings.may_begin_elsewhere,
    beginnings.first_stored_day
from beginnings
inner join car_versions on beginnings.car_id = car_versions.car_id;

create index on car_lives (car_id);
analyze car_lives;

create temporary table cars_to_compare on commit drop as
select landed_cars.car_id
from landed_cars
union
select car_lives.car_id
from car_lives
cross join reading
where
    reading.is_reset
    or (
        car_lives.may_begin_elsewhere
        and car_lives.first_day is distinct from car_lives.first_stored_day
    );

analyze cars_to_compare;

select count(*) as cars_changed
from cars_to_compare;
